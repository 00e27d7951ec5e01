{% macro remember_work_tables() -%}
    {{ return(adapter.dispatch('remember_work_tables')()) }}
{%- endmacro %}

{% macro duckdb__remember_work_tables() -%}
    {#-
        Keeps after a run the names and types, never the rows, of the work tables, which live in
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
            ) to " ~ literal(lake_root() ~ '/.work_tables.parquet') ~ " (format parquet)"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro spark__remember_work_tables() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'test') -%}
        {%- do run_query('select remember_work_tables(' ~ literal('' if flags.WHICH == 'test' else 'yes') ~ ')') -%}
        {%- set views = [] -%}
        {%- for node in graph.nodes.values() if node.config.materialized == 'partitioned' -%}
            {%- set relation = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
            {%- if run_query(files_query(glob_escaped(lake_root()) ~ '/' ~ node.schema ~ '/' ~ node.alias ~ '/*')) | length -%}
                {%- do make_file_of_columns(node.schema, node.alias, node.config.partition_by) -%}
                {%- do views.append('create schema if not exists ' ~ node.schema) -%}
                {%- do views.append(
                    'create or replace view ' ~ node.schema ~ '.' ~ node.alias ~ ' as '
                    ~ view_of_partitions(node.schema, node.alias, node.config.partition_by, node.config.get('hidden_columns', []))
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do run_query('select show_in_duckdb(' ~ literal(views | join(';\n')) ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{% macro recall_work_tables() -%}
    {{ return(adapter.dispatch('recall_work_tables')()) }}
{%- endmacro %}

{% macro spark__recall_work_tables() -%}
    {#-
        Registers the tables of the lake in the catalog before a run and makes the schemas of work
        tables, which every lake table needs to be written; dbt makes only those of the selected
        models.
    -#}
    {%- if execute -%}
        {%- if flags.WHICH in ('run', 'build', 'test') -%}
            {%- for schema in work_schemas() -%}
                {%- do adapter.create_schema(api.Relation.create(schema=schema)) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- for node in graph.nodes.values() if node.config.materialized in ('partitioned', 'seed') -%}
            {%- if run_query(files_query(glob_escaped(lake_root()) ~ '/' ~ node.schema ~ '/' ~ node.alias ~ '/*')) | length -%}
                {%- set relation = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
                {%- do adapter.create_schema(relation) -%}
                {%- do show_lake_table(relation, node) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if flags.WHICH == 'test' %}{% do run_query('select recall_work_tables()') %}{% endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__recall_work_tables() -%}
    {#- Makes the work tables of the last run, empty, before `dbt test` alone. -#}
    {%- if execute and flags.WHICH == 'test' -%}
        {%- set kept = glob_escaped(lake_root()) ~ '/.work_tables.parquet' -%}
        {%- if run_query(files_query(kept)) | length -%}
            {%- for row in run_query('select schema_name, statement from read_parquet(' ~ literal(kept) ~ ')') -%}
                {%- do run_query('create schema if not exists scratch.' ~ row[0]) -%}
                {%- do run_query(row[1]) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro in_build() -%}
    {#-
        A predicate for tests that compare work tables with marts: outside a build it is false, so
        they pass.
    -#}
    {%- if flags.WHICH == 'test' -%}
        {%- if execute -%}
            {%- do log(model.name ~ ': not checked, its work tables live only as long as dbt build', info=true) -%}
        {%- endif -%}
        false
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
