{% macro history_table_rows() -%}
    {{ return(adapter.dispatch('history_table_rows')()) }}
{%- endmacro %}

{% macro duckdb__history_table_rows() -%}
    {%- set pattern = glob_escaped(history_root() ~ '/snapshot=' ~ run_snapshot()) ~ '/**/*.parquet' -%}
    {%- set files = literal(pattern) -%}
    {%- set is_there = execute and run_query(files_query(pattern)) | length > 0 -%}
    {%- set present = [] -%}
    {%- if is_there -%}
        {%- set present = run_query(
            'select column_name from (describe select * from read_parquet(' ~ files ~ ', union_by_name = true, hive_partitioning = false))'
        ).columns[0].values() | list -%}
        {%- do require_history_columns(present) -%}
    {%- endif %}
    select
        {%- for name, type in history_columns().items() %}
        cast({{ name if name in present else 'null' }} as {{ 'varchar[]' if type == 'texts' else type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if is_there %}
    from read_parquet({{ files }}, union_by_name = true, hive_partitioning = false)
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}

{% macro spark__history_table_rows() -%}
    {%- set folder = history_root() ~ '/snapshot=' ~ run_snapshot() -%}
    {%- set is_there = execute and run_query(files_query(glob_escaped(folder) ~ '/**/*.parquet')) | length > 0 -%}
    {%- set files = spark_files('parquet', folder, {'mergeSchema': 'true', 'recursiveFileLookup': 'true'}) -%}
    {%- set present = [] -%}
    {%- if is_there -%}
        {%- set present = run_query('describe query select * from ' ~ files).columns[0].values() | list -%}
        {%- do require_history_columns(present) -%}
    {%- endif %}
    select
        {%- for name, type in history_columns().items() %}
        cast({{ name if name in present else 'null' }} as {{ 'array<string>' if type == 'texts' else type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if is_there %}
    from {{ files }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
