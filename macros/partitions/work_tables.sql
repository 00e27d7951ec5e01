{% macro remember_work_tables() -%}
    {#-
        After a run: keeps the names and types, never the rows, of the work tables, which live in
        memory. `dbt test` alone needs them, since unit tests take their fixtures' types from there.
    -#}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do run_query(
            "copy (
                select
                    schema_name,
                    'create table scratch.' || schema_name || '.' || table_name || ' ('
                    || string_agg('\"' || column_name || '\" ' || data_type, ', ' order by column_index)
                    || ')' as statement
                from duckdb_columns()
                where database_name = 'scratch' and not internal
                group by schema_name, table_name
            ) to '" ~ lake_root() ~ "/.work_tables.parquet' (format parquet)"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro recall_work_tables() -%}
    {#- Before `dbt test` alone: the work tables of the last run, empty. -#}
    {%- if execute and flags.WHICH == 'test' -%}
        {%- set kept = lake_root() ~ '/.work_tables.parquet' -%}
        {%- if run_query("select file from glob('" ~ kept ~ "')") | length -%}
            {%- for row in run_query("select schema_name, statement from '" ~ kept ~ "'") -%}
                {%- do run_query('create schema if not exists scratch.' ~ row[0]) -%}
                {%- do run_query(row[1]) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro in_build() -%}
    {#- A predicate for tests that compare work tables with marts: false, so no finding, outside a build. -#}
    {%- if flags.WHICH == 'test' -%}
        {%- if execute -%}
            {%- do log(model.name ~ ': not checked, its work tables live only as long as dbt build', info=true) -%}
        {%- endif -%}
        false
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
