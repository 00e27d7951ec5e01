{% macro mediawiki_rows(table) -%}
    {#-
        The rows of a table of the wikis' databases, `table` being a source, with the columns and
        types that the source describes. Without rows unless `history_source` is `tables`.
    -#}
    {%- if not execute or table.is_cte -%}
        {{ return('select * from ' ~ table) }}
    {%- endif -%}
    {%- set name = table.identifier -%}
    {%- set folder = mediawiki_folder(name) -%}
    {%- set given = {} -%}
    {%- if folder -%}
        {%- set files = parquet_folder(folder) -%}
        {%- for row in run_query(columns_query('select * from ' ~ files)).rows -%}
            {%- do given.update({row[0]: row[1] | lower}) -%}
        {%- endfor -%}
        {%- do check_mediawiki_columns(name, given) -%}
    {%- endif -%}
    {{ mediawiki_columns(name, given) }}
    {{ 'from ' ~ files if folder else 'where false' }}
{%- endmacro %}

{% macro parquet_folder(folder) -%}
    {{ return(adapter.dispatch('parquet_folder')(folder)) }}
{%- endmacro %}

{% macro duckdb__parquet_folder(folder) -%}
    read_parquet(
        {{- literal(glob_escaped(folder) ~ '/**/*.parquet') -}}
        , union_by_name = true, hive_partitioning = true, hive_types_autocast = false)
{%- endmacro %}

{% macro spark__parquet_folder(folder) -%}
    {{ spark_files('parquet', folder, {'mergeSchema': 'true'}) }}
{%- endmacro %}

{% macro columns_query(query) -%}
    {{ return(adapter.dispatch('columns_query')(query)) }}
{%- endmacro %}

{% macro duckdb__columns_query(query) -%}
    select column_name, column_type from (describe {{ query }})
{%- endmacro %}

{% macro spark__columns_query(query) -%}
    describe query {{ query }}
{%- endmacro %}

{% macro mediawiki_folder(name) -%}
    {#-
        The folder of a table of the source `mediawiki` for the run's snapshot; '' for a table that
        may be missing and is, and for a history from dumps.
    -#}
    {%- if not is_history_from_tables() -%}{{ return('') }}{%- endif -%}
    {%- set root = mediawiki_root() ~ '/' ~ name -%}
    {%- set has_snapshots = run_query(files_query(glob_escaped(root) ~ '/snapshot=*/**/*.parquet')) | length > 0 -%}
    {%- set folder = root ~ ('/snapshot=' ~ run_snapshot() if has_snapshots else '') -%}
    {%- if run_query(files_query(glob_escaped(folder) ~ '/**/*.parquet')) | length -%}{{ return(folder) }}{%- endif -%}
    {%- if not mediawiki_source(name).meta.get('may_be_missing') -%}
        {{ exceptions.raise_compiler_error(
            "There is no file " ~ folder ~ "/**/*.parquet, and history_source is 'tables': write the table "
            ~ name ~ " of the wikis' databases there, or point WIKILAKE_MEDIAWIKI to another folder."
        ) }}
    {%- endif -%}
    {%- do exceptions.warn("There is no file " ~ folder ~ "/**/*.parquet: the table " ~ name ~ " is taken as empty.") -%}
    {{ return('') }}
{%- endmacro %}

{% macro mediawiki_source(name) -%}
    {#- The description of a table of the source `mediawiki`. -#}
    {{ return(graph.sources['source.wikilake.mediawiki.' ~ name]) }}
{%- endmacro %}

{% macro check_mediawiki_columns(name, given) -%}
    {#- An error when a column of a table is not `given`, or its type is one of bytes. -#}
    {%- set missing, bytes = [], [] -%}
    {%- for column in mediawiki_source(name).columns.values() -%}
        {%- if column.name not in given and not column.meta.get('may_be_missing') -%}{%- do missing.append(column.name) -%}
        {%- elif given.get(column.name) in ('blob', 'binary') -%}{%- do bytes.append(column.name) -%}{%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            "The Parquet files of the table " ~ name ~ " in " ~ mediawiki_root() ~ " have no column " ~ missing | join(', ')
            ~ ": write the table with the columns that the source mediawiki." ~ name ~ " describes."
        ) }}
    {%- elif bytes -%}
        {{ exceptions.raise_compiler_error(
            "The Parquet files of the table " ~ name ~ " in " ~ mediawiki_root() ~ " hold bytes in the column " ~ bytes | join(', ')
            ~ ": write it as text, with convert(… using utf8mb4) in MariaDB and cast(… as text) in SQLite."
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro mediawiki_columns(name, given) -%}
    {#- The select list of a table: the columns of its description, NULL for those not `given`. -#}
    select
        {%- for column in mediawiki_source(name).columns.values() %}
        {{ 'try_cast(' ~ column.name if column.name in given else 'cast(null' }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
