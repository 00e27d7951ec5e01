{% macro remember_work_tables() -%}
    {{ return(adapter.dispatch('remember_work_tables')()) }}
{%- endmacro %}

{% macro duckdb__remember_work_tables() -%}
    {#-
        Keeps after a run the names and types, never the rows, of the work tables, which live in
        memory, beside those that other runs made. `dbt test` alone needs them, since unit tests take
        their fixtures' types from there.
    -#}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set made = {} -%}
        {%- for row in run_query(
            "select
                schema_name || '.' || table_name,
                string_agg('\"' || column_name || '\" ' || data_type, ', ' order by column_index)
            from duckdb_columns()
            where database_name = 'scratch' and not internal
            group by schema_name, table_name"
        ) -%}
            {%- do made.update({row[0]: 'create table scratch.' ~ row[0] ~ ' (' ~ row[1] ~ ')'}) -%}
        {%- endfor -%}
        {%- do run_query('select remember_work_tables(' ~ literal(tojson(made)) ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{% macro spark__remember_work_tables() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'test') -%}
        {%- do run_query('select remember_work_tables(' ~ literal('' if flags.WHICH == 'test' else 'yes') ~ ')') -%}
        {%- set views = [] -%}
        {%- for node in graph.nodes.values() if node.config.materialized == 'partitioned' -%}
            {%- if is_there(node) -%}
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
        {%- for node in graph.nodes.values() %}{% do recall_lake_table(node) %}{% endfor -%}
        {%- if flags.WHICH == 'test' %}{% do run_query('select recall_work_tables()') %}{% endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro recall_lake_table(node) -%}
    {#-
        Registers a table or list of the lake in Spark's catalog, where it has files; for tests also a
        table whose first day or month is not complete yet, as on DuckDB without rows.
    -#}
    {%- set is_to_come = flags.WHICH == 'test' and node.config.get('made_when_complete') -%}
    {%- if node.config.materialized in ('partitioned', 'seed') and (is_to_come or is_there(node)) -%}
        {%- set relation = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
        {%- do adapter.create_schema(relation) -%}
        {%- do show_lake_table(relation, node) -%}
    {%- endif -%}
{%- endmacro %}

{% macro recall_tables_read_by(node) -%}
    {{ return(adapter.dispatch('recall_tables_read_by')(node)) }}
{%- endmacro %}

{% macro duckdb__recall_tables_read_by(node) -%}
    {#- Nothing: the catalog has them. -#}
{%- endmacro %}

{% macro spark__recall_tables_read_by(node) -%}
    {#- Registers what is read before `dbt show`, which begins no run. -#}
    {%- for parent in node.depends_on.nodes if parent in graph.nodes %}{% do recall_lake_table(graph.nodes[parent]) %}{% endfor -%}
{%- endmacro %}

{% macro duckdb__recall_work_tables() -%}
    {#- Makes the work tables of earlier runs, empty, before `dbt test` alone. -#}
    {%- if execute and flags.WHICH == 'test' -%}
        {%- for schema in work_schemas() %}{% do run_query('create schema if not exists scratch.' ~ schema) %}{% endfor -%}
        {%- for row in run_query('select unnest(recalled_work_tables())') %}{% do run_query(row[0]) %}{% endfor -%}
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

{% macro is_there(node) -%}
    {{ return(adapter.dispatch('is_there')(node)) }}
{%- endmacro %}

{% macro spark__is_there(node) -%}
    {#- Tables of the lake are only registered when a run has begun: before, their files are there. -#}
    {%- if node.config.materialized in ('partitioned', 'seed') -%}
        {{ return(run_query(files_query(glob_escaped(lake_root()) ~ '/' ~ node.schema ~ '/' ~ node.alias ~ '/*')) | length > 0) }}
    {%- endif -%}
    {{ return(duckdb__is_there(node)) }}
{%- endmacro %}

{% macro duckdb__is_there(node) -%}
    {#- Whether the table or view of a node of the project's graph exists. -#}
    {{ return(load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) is not none) }}
{%- endmacro %}

{% macro check_work_tables() -%}
    {#-
        Refuses a run of models that read work tables which it does not make and nobody has made, and
        says what to select.
    -#}
    {%- set lacking = [] -%}
    {%- for selected in selected_resources if selected.startswith('model.') -%}
        {%- set node = graph.nodes[selected] -%}
        {%- for parent in node.depends_on.nodes if parent.startswith('model.') and parent not in selected_resources -%}
            {%- set read = graph.nodes[parent] -%}
            {%- if read.schema in work_schemas() and not lacking and not is_there(read) -%}
                {%- do lacking.append([node.name, read.name]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, read in lacking -%}
        {%- do exceptions.raise_compiler_error(
            name ~ ' reads ' ~ read ~ ', a work table that lives only as long as the run that makes it. '
            ~ 'Select what leads to it as well: --select +' ~ name
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro target_option() -%}
    {#- ` --target …` for a command that a message names, where this one was not for the profile's own. -#}
    {{ return('' if target.name == 'duckdb' else ' --target ' ~ target.name) }}
{%- endmacro %}

{% macro check_lists() -%}
    {#- Refuses a run of models that read lists which it does not load and the lake does not have. -#}
    {%- set checked = [] -%}
    {%- for selected in selected_resources if selected.startswith('model.') -%}
        {%- for parent in graph.nodes[selected].depends_on.nodes if parent.startswith('seed.wikilake.') -%}
            {%- set list = graph.nodes[parent] -%}
            {%- if parent not in selected_resources and parent not in checked -%}
                {%- do checked.append(parent) -%}
                {%- if not is_there(list) -%}
                    {%- do exceptions.raise_compiler_error(
                        graph.nodes[selected].name ~ ' reads ' ~ list.schema ~ '.' ~ list.alias
                        ~ ', which this lake does not have yet. Load all lists first: dbt seed' ~ target_option()
                    ) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro check_tables_read_by(node) -%}
    {#-
        Refuses to show a model that reads a table or a list which the lake does not have yet. Of work
        tables and of lists that are selected, dbt show makes each before it is read.
    -#}
    {%- for parent in node.depends_on.nodes if parent.split('.')[0] in ('model', 'seed') -%}
        {%- set read = graph.nodes[parent] -%}
        {%- set is_made = read.schema in work_schemas() or (read.resource_type == 'seed' and parent in selected_resources) -%}
        {%- if not is_made and not is_there(read) -%}
            {%- do exceptions.raise_compiler_error(
                node.name ~ ' reads ' ~ read.schema ~ '.' ~ read.alias ~ ', which this lake does not have yet. '
                ~ 'Build it first: dbt build' ~ target_option() ~ ' --select +' ~ read.name
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro make_schema_to_show() -%}
    {#- Before a list is loaded: makes its schema for `dbt show`; other commands of dbt have made it. -#}
    {%- if execute and flags.WHICH == 'show' %}{% do adapter.create_schema(this) %}{% endif -%}
{%- endmacro %}
