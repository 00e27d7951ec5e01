{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {#-
        What `dbt show` asks. Work tables live only during a run, so each that is selected is made
        first: `dbt show --select +model` shows a model by what comes before it, in the raw hour.
    -#}
    {%- if execute and model.resource_type in ('model', 'test') %}{% do check_tables_read_by(model) %}{% endif -%}
    {%- if execute %}{% do recall_tables_read_by(model) %}{% endif -%}
    {%- if execute and model.resource_type == 'model' -%}
        {%- do check_work_tables() -%}
        {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
        {%- do run_hooks(pre_hooks) -%}
        {%- if model.config.materialized in ('table', 'view') -%}
            {%- do adapter.create_schema(this) -%}
            {%- do run_query('create or replace ' ~ work_table_kind() ~ ' ' ~ this ~ ' as ' ~ compiled_code) -%}
            {%- set compiled_code = 'select * from ' ~ this -%}
        {%- endif -%}
    {%- endif -%}
    {{ sql_header if sql_header is not none }}
    {{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}

{% macro work_table_kind() -%}
    {#- What stands for a work table that is only shown: a table, or a view where those need a folder. -#}
    {{ return(adapter.dispatch('work_table_kind')()) }}
{%- endmacro %}

{% macro duckdb__work_table_kind() -%}{{ return('table') }}{%- endmacro %}

{% macro spark__work_table_kind() -%}{{ return('view') }}{%- endmacro %}
