{% materialization partitioned, adapter='duckdb' -%}
    {#-
        Replaces the run's partitions of a lake table, all of them or none, even with nothing, and
        shows the whole table as a view. The config `partition_by` names the partition columns,
        which come last; `hidden_columns` names columns that the files hold for other views and this
        view leaves out.
    -#}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set table = this.schema ~ '/' ~ this.identifier -%}
    {%- set partition_by = config.require('partition_by') -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(columns_of_file(sql)) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set staged = [] -%}
    {%- for values in run_partitions(table, partition_by) -%}
        {%- set partition = partition_path(values) -%}
        {%- set folder = run_query('select stage_partition(' ~ literal(table) ~ ', ' ~ literal(partition) ~ ')').columns[0].values()[0] -%}
        {%- call statement('write') %}
            copy (
                select * exclude ({{ partition_by | join(', ') }})
                from ({{ sql }})
                where {{ partition_predicate(values) }}
            ) to {{ literal(folder ~ '/part-0.parquet') }} (
                format parquet, compression zstd, row_group_size 61440
            )
        {%- endcall -%}
        {%- do staged.append(partition) -%}
    {%- endfor -%}
    {#-
        All are swapped at once, so that no reader finds one source of this run and another of the
        last.
    -#}
    {%- do run_query(
        'select publish_partitions(' ~ literal(table) ~ ', ' ~ literal(tojson(staged)) ~ ', '
        ~ literal(partition_facts(this.schema, partition_by)) ~ ')'
    ) -%}

    {%- set view = view_of_partitions(target_relation.schema, target_relation.identifier, partition_by, config.get('hidden_columns', [])) -%}
    {%- if not view_is_current(target_relation, view) -%}
        {%- do make_file_of_columns(target_relation.schema, target_relation.identifier, partition_by) -%}
        {%- do show_view(target_relation, view) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro columns_of_file(sql) -%}
    {#-
        A query without rows, with the columns of a query as Parquet has them: enums become texts.
    -#}
    select
        {%- for name, type in run_query('select column_name, column_type from (describe ' ~ sql ~ ')').rows %}
        cast(null as {{ modules.re.sub('ENUM\\(.*?\\)', 'VARCHAR', type) }}) as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endmacro %}

{% macro view_of_partitions(schema, name, partition_by, hidden_columns) -%}
    {#- The query that shows all partitions of a lake table, without hidden columns. -#}
    select
        * exclude ({{ (partition_by + hidden_columns) | join(', ') }}),
        {{ partition_by | join(', ') }}
    from {{ lake_files(schema, name, partition_by) }}
{%- endmacro %}

{% macro place_of_columns(partition_by) -%}
    {#- The partition, which no run makes, of the file without rows that a view reads first. -#}
    {%- for column in partition_by -%}
        {{ column }}={{ 'none' if column in ('webrequest_source', 'snapshot') else 0 }}{{ '/' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro file_of_columns(schema, name, partition_by) -%}
    {#- The pattern of the file without rows that a view reads first (wikilake/lake/columns.py). -#}
    {{- glob_escaped(lake_root()) }}/.columns/{{ schema }}/{{ name }}/{{ place_of_columns(partition_by) }}/columns.parquet
{%- endmacro %}

{% macro make_file_of_columns(schema, name, partition_by) -%}
    {#- Has that file show the columns that the table has now, before its view is made. -#}
    {%- do run_query(
        'select make_file_of_columns(' ~ literal(schema ~ '/' ~ name) ~ ', '
        ~ literal(place_of_columns(partition_by)) ~ ', ' ~ literal(tojson(partition_by)) ~ ')'
    ) -%}
{%- endmacro %}

{% macro lake_files(schema, name, partition_by) -%}
    {#- The files of a lake table as a table function, partition columns included. -#}
    {{ files_as_rows(
        [file_of_columns(schema, name, partition_by), partition_files(schema, name, partition_by)], partition_by
    ) }}
{%- endmacro %}

{% macro files_as_rows(patterns, partition_by) -%}
    {#- Files of a lake table, by their patterns, as a table function. -#}
    read_parquet(
        [
            {%- for pattern in patterns %}{{ duckdb__literal(pattern) }}{{ ', ' if not loop.last }}{% endfor -%}
        ],
        hive_partitioning = true,
        hive_types = {
            {%- for column in partition_by %}
            '{{ column }}': {{ 'varchar' if column in ('webrequest_source', 'snapshot') else 'integer' }}{{ ',' if not loop.last }}
            {%- endfor %}
        }
    )
{%- endmacro %}

{% macro with_hidden_columns(relation) -%}
    {{ return(adapter.dispatch('with_hidden_columns')(relation)) }}
{%- endmacro %}

{% macro duckdb__with_hidden_columns(relation) -%}
    {%- if execute -%}
        {{ lake_files(relation.schema, relation.identifier, model_of(relation).config.partition_by) }}
    {%- endif -%}
{%- endmacro %}

{% macro model_of(relation) -%}
    {#- The node of the project's graph that makes a lake table. -#}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ relation.identifier]) }}
{%- endmacro %}

{% macro partition_files(schema, name, partition_by, partition={}) -%}
    {#-
        The pattern that matches the files of a lake table, or of its partitions with these values.
    -#}
    {{- glob_escaped(lake_root()) }}/{{ schema }}/{{ name }}/
    {%- for column in partition_by %}{{ column ~ '=' ~ partition[column] if column in partition else '*' }}/{% endfor -%}
    *.parquet
{%- endmacro %}

{% macro show_partitions_of_the_lake() -%}
    {#- Makes the views of all lake tables that have files, for a lost catalog. -#}
    {%- for model in graph.nodes.values() if model.config.materialized == 'partitioned' -%}
        {%- set files = partition_files(model.schema, model.name, model.config.partition_by) -%}
        {%- if run_query(files_query(files)) | length -%}
            {%- do run_query('create schema if not exists ' ~ model.schema) -%}
            {%- do make_file_of_columns(model.schema, model.name, model.config.partition_by) -%}
            {%- do run_query(
                'create or replace view ' ~ model.schema ~ '.' ~ model.name ~ ' as '
                ~ view_of_partitions(model.schema, model.name, model.config.partition_by, model.config.get('hidden_columns', []))
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{% macro partition_facts(schema, partition_by) -%}
    {#- What only the run knows of a partition, as a JSON object. -#}
    {{ return(tojson({
        'record_version': none if 'snapshot' in partition_by else record_version(),
        'run_id': invocation_id,
        'is_public': is_public_table(model),
    })) }}
{%- endmacro %}

{% macro spark__with_hidden_columns(relation) -%}
    {{ spark_files('parquet', lake_root() ~ '/' ~ relation.schema ~ '/' ~ relation.identifier) }}
{%- endmacro %}

{% macro run_partitions(table, partition_by) -%}
    {#- The partitions that this run replaces: list of {column: value}, in path order. -#}
    {%- if 'snapshot' in partition_by -%}
        {{ return([{'snapshot': run_snapshot()}]) }}
    {%- endif -%}
    {%- set period = run_hour() if 'hour' in partition_by else run_day() -%}
    {%- if 'webrequest_source' not in partition_by -%}
        {{ return([period]) }}
    {%- endif -%}
    {%- set partitions = [] -%}
    {%- for source in run_sources(table) -%}
        {%- do partitions.append(dict(webrequest_source=source, **period)) -%}
    {%- endfor -%}
    {{ return(partitions) }}
{%- endmacro %}

{% macro run_sources(table) -%}
    {#-
        The webrequest sources of the run's hour: those that have raw files, and those that the
        table holds from an earlier run, so that a source that is gone is emptied. The list is never
        empty.
    -#}
    {%- set hour = partition_path(run_hour()) -%}
    {%- set held = files_query(glob_escaped(lake_root()) ~ '/' ~ table ~ '/webrequest_source=*/' ~ hour ~ '/*') -%}
    {%- set sources = [] -%}
    {%- for query in [raw_files(), held] -%}
        {%- for file in run_query(query).columns[0].values() -%}
            {%- do sources.append(modules.re.search('.*webrequest_source=([^/]+)/' ~ hour, file)[1]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for source in sources if not modules.re.match('[A-Za-z0-9_.-]+\\Z', source) -%}
        {{ exceptions.raise_compiler_error("The folder webrequest_source=" ~ source ~ " names no source: write letters, digits, and _ . - alone.") }}
    {%- endfor -%}
    {{ return(sources | unique(case_sensitive=true) | sort(case_sensitive=true) | list or ['text']) }}
{%- endmacro %}

{% macro partition_path(values) -%}
    {#- `year=2026/month=11/…` of a partition. -#}
    {%- for column, value in values.items() %}{{ column }}={{ value }}{{ '/' if not loop.last }}{% endfor -%}
{%- endmacro %}

{% macro partition_predicate(values) -%}
    {#- The predicate that keeps one partition's rows. -#}
    {%- for column, value in values.items() -%}
        {{ column }} = {{ value | int if value is number else literal(value) }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
