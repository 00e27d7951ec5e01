{% materialization partitioned, adapter='spark' -%}
    {#-
        Replaces the run's partitions of a lake table, each as a whole, even with nothing. All of
        them are written at once to a staging folder, put into the lake together and registered in
        the catalog. What the partitions of a run have in common, their hour or snapshot, is only in
        their paths: in the query it would be a constant in the code that Spark generates, which the
        next hour could not use again.
    -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set table = this.schema ~ '/' ~ this.identifier -%}
    {%- set partition_by = config.require('partition_by') -%}
    {%- set staged = api.Relation.create(schema=work_schemas()[0], identifier='_' ~ this.identifier) -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}

    {%- set partitions = run_partitions(table, partition_by) -%}
    {%- set in_common = values_in_common(partitions, partition_by) -%}
    {%- set written_by = partition_by | reject('in', in_common) | list -%}
    {%- set folder = run_query('select stage_partition(' ~ literal(table) ~ ", '')").columns[0].values()[0] -%}
    {%- call statement('main') %}
        create table {{ staged }}
        using parquet
        options ('compression' 'zstd')
        {%- if written_by %}
        partitioned by ({{ written_by | join(', ') }})
        {%- endif %}
        location {{ literal(folder ~ '/written') }}
        as select *{% if in_common %} except ({{ in_common | join(', ') }}){% endif %}
        from ({{ sql }})
        where {{ partition_predicate(in_common) if partitions else 'false' }}
        {%- if written_by | length > 1 %}
        {#- Each partition by one task, so that it has few files. #}
        distribute by {{ written_by | join(', ') }}
        {%- endif %}
    {%- endcall -%}
    {%- do run_query('drop table ' ~ staged) -%}

    {%- set written = {} -%}
    {%- for values in partitions -%}
        {%- set differing = {} -%}
        {%- for column in written_by %}{% do differing.update({column: values[column]}) %}{% endfor -%}
        {%- do written.update({partition_path(values): 'written/' ~ partition_path(differing)}) -%}
    {%- endfor -%}
    {%- if not all_are_written(folder, written) -%}
        {#- A file without rows shows readers the columns. -#}
        {%- do run_query(
            'create table ' ~ staged ~ " using parquet options ('compression' 'zstd') location " ~ literal(folder ~ '/empty')
            ~ ' as select * except (' ~ partition_by | join(', ') ~ ') from (' ~ sql ~ ') where false'
        ) -%}
        {%- do run_query('drop table ' ~ staged) -%}
    {%- endif -%}
    {%- if partitions -%}
        {%- do run_query('select publish_written(' ~ literals([table, tojson(written), partition_facts(this.schema, partition_by)]) ~ ')') -%}
    {%- endif -%}

    {%- if add_new_columns(table, partitions, partition_by) -%}
        {#- Its files stay; it is registered again with the columns that it has now. -#}
        {%- do run_query('drop table if exists ' ~ target_relation) -%}
    {%- endif -%}
    {%- if show_lake_table(target_relation, model) == 'known' and partitions -%}
        {%- set added = [] -%}
        {%- for values in partitions -%}
            {%- do added.append('partition (' ~ partition_predicate(values) | replace(' and ', ', ') ~ ')') -%}
        {%- endfor -%}
        {%- do run_query('alter table ' ~ target_relation ~ ' add if not exists ' ~ added | join(' ')) -%}
        {%- do run_query('refresh table ' ~ target_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro values_in_common(partitions, partition_by) -%}
    {#- The columns, with their values, that all partitions have in common; without any of the source. -#}
    {%- set in_common = {} -%}
    {%- for column in partition_by if column != 'webrequest_source' -%}
        {%- if partitions | map(attribute=column) | unique | list | length == 1 -%}
            {%- do in_common.update({column: partitions[0][column]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(in_common) }}
{%- endmacro %}

{% macro all_are_written(folder, written) -%}
    {#- Whether each of the partitions has a file below the folder. -#}
    {%- set folders = [] -%}
    {%- for file in run_query(files_query(glob_escaped(folder) ~ '/written/**/*.parquet')).columns[0].values() -%}
        {%- do folders.append(file[folder | length + 1:].rsplit('/', 1)[0]) -%}
    {%- endfor -%}
    {%- for place in written.values() if place.rstrip('/') not in folders %}{{ return(false) }}{% endfor -%}
    {{ return(true) }}
{%- endmacro %}

{% macro show_lake_table(relation, node) -%}
    {#-
        Registers a table of the lake with all its partitions in Spark's catalog, whichever engine
        wrote them. Returns `known` for a table that was there, `shown` for a new one.
    -#}
    {%- set partition_by = node.config.get('partition_by') or [] -%}
    {%- if run_query('show tables in ' ~ relation.schema ~ ' like ' ~ literal(relation.identifier)) | length -%}
        {{ return('known') }}
    {%- endif -%}
    {%- set types = node.config.get('column_types') or {} -%}
    {%- call statement('show_lake_table') %}
        create table {{ relation }} (
            {%- for column in node.columns.values() if column.name not in node.config.get('hidden_columns', []) %}
            {{ quoted_name(column.name) }} {{ spark_type(column.data_type or types.get(column.name, 'string')) }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        using parquet
        {%- if partition_by %}
        partitioned by ({{ partition_by | join(', ') }})
        {%- endif %}
        location {{ literal(lake_root() ~ '/' ~ relation.schema ~ '/' ~ relation.identifier) }}
    {%- endcall -%}
    {%- if partition_by and run_query(files_query(glob_escaped(lake_root()) ~ '/' ~ relation.schema ~ '/' ~ relation.identifier ~ '/*')) | length -%}
        {%- do run_query('msck repair table ' ~ relation) -%}
    {%- endif -%}
    {{ return('shown') }}
{%- endmacro %}

{% macro spark_type(data_type) -%}
    {#- A type of a contract as Spark writes it. -#}
    {%- set type = data_type | trim -%}
    {%- if type.endswith('[]') -%}
        {{ return('array<' ~ spark_type(type[:-2]) ~ '>') }}
    {%- elif type.endswith(')') and type.split('(')[0] | trim | lower in ('map', 'struct') -%}
        {%- set kind = type.split('(')[0] | trim | lower -%}
        {%- set parts = [] -%}
        {%- for part in type_parts(type[type.index('(') + 1:-1]) -%}
            {%- set named = modules.re.match('("(?:[^"]|"")*"|[^ ]+) +(.*)', part) if kind == 'struct' -%}
            {%- set name = quoted_name(named[1][1:-1].replace('""', '"') if named[1].startswith('"') else named[1]) ~ ': ' if named else '' -%}
            {%- do parts.append(name ~ spark_type(named[2] if named else part)) -%}
        {%- endfor -%}
        {{ return(kind ~ '<' ~ parts | join(', ') ~ '>') }}
    {%- endif -%}
    {{ return({'varchar': 'string', 'timestamp with time zone': 'timestamp'}.get(type | lower, type | lower)) }}
{%- endmacro %}

{% macro type_parts(types) -%}
    {#- The members of a list of types, which commas separate where they are in no bracket or quote. -#}
    {%- set parts, depth, part = [], [], [] -%}
    {%- for token in modules.re.findall('"(?:[^"]|"")*"|[(),]|[^"(),]+', types) + [','] -%}
        {%- if token == ',' and not depth -%}
            {%- do parts.append(part | join | trim) -%}
            {%- do part.clear() -%}
        {%- else -%}
            {%- if token == '(' %}{% do depth.append(1) %}{% elif token == ')' %}{% do depth.pop() %}{% endif -%}
            {%- do part.append(token) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}

{% macro spark__get_empty_schema_sql(columns) -%}
    {#- dbt's query for the columns of a contract, with its types as Spark writes them. -#}
    select
        {%- for column in columns.values() %}
        cast(null as {{ spark_type(column.data_type) }}) as {{ quoted_name(column.name) }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}

{% macro work_schemas() -%}
    {#- The schemas of tables that live only during a run. -#}
    {{ return(['intermediate', 'staging']) }}
{%- endmacro %}

{% macro spark__create_schema(relation) -%}
    {#- dbt's statement, with the folder added: that of the lake, or of the run for work tables. -#}
    {%- set folder = lake_root() ~ ('/.scratch/' if relation.schema in work_schemas() else '/') ~ relation.schema -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.schema }} location {{ literal(folder) }}
    {%- endcall -%}
{%- endmacro %}

{% macro spark__create_csv_table(model, agate_table) -%}
    {#-
        Loads a seed, also one without rows, in the place of an earlier load. Seeds stay in the lake,
        so that the next process need not load them.
    -#}
    {%- set types = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.append(name ~ ' ' ~ model.config.column_types.get(name, 'string')) -%}
    {%- endfor -%}
    {%- set table = this.schema ~ '/' ~ this.identifier -%}
    {%- do run_query('select load_seed(' ~ literals([model.original_file_path, table, types | join(', ')]) ~ ')') -%}
    {%- do run_query('drop table if exists ' ~ this) -%}
    {%- do show_lake_table(this, model) -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {#-
        Nothing: the rows came with the table. dbt's own insertion would turn the text `null` into
        NULL, and is not called for a seed without rows.
    -#}
    {{ return('') }}
{%- endmacro %}
