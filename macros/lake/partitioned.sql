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

    {%- set partitions = run_partitions(table, partition_by) -%}
    {%- if is_one_period(partitions) -%}
        {%- do write_each(table, partitions, partition_by, sql) -%}
    {%- else -%}
        {%- do write_together(table, partitions, partition_by, sql) -%}
    {%- endif -%}

    {%- set view = view_of_partitions(target_relation.schema, target_relation.identifier, partition_by, config.get('hidden_columns', [])) -%}
    {%- set has_files = partitions or run_query(files_query(partition_files(this.schema, this.identifier, partition_by))) | length -%}
    {%- if not has_files -%}
        {#- No file shows the columns of a table that no run has made a partition of yet. -#}
        {%- set view = view_without_rows(sql, partition_by + config.get('hidden_columns', [])) -%}
    {%- endif -%}
    {%- if not view_is_current(target_relation, view) -%}
        {%- if has_files %}{% do make_file_of_columns(target_relation.schema, target_relation.identifier, partition_by) %}{% endif -%}
        {%- do show_view(target_relation, view) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro is_one_period(partitions) -%}
    {#- Whether partitions differ by nothing but their source. -#}
    {%- set periods = [] -%}
    {%- for values in partitions[:8] if partition_path(dict(values, webrequest_source='')) not in periods -%}
        {%- do periods.append(partition_path(dict(values, webrequest_source=''))) -%}
    {%- endfor -%}
    {{ return(periods | length <= 1 and partitions | length <= 8) }}
{%- endmacro %}

{% macro write_each(table, partitions, partition_by, sql) -%}
    {#-
        Writes a file per partition and swaps them into the lake at once, so that no reader finds
        one source of this run and another of the last.
    -#}
    {%- set staged = [] -%}
    {%- for values in partitions -%}
        {%- set partition = partition_path(values) -%}
        {%- set folder = run_query('select stage_partition(' ~ literals([table, partition]) ~ ')').columns[0].values()[0] -%}
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
    {%- if staged -%}
        {%- do run_query('select publish_partitions(' ~ literals([table, tojson(staged), partition_facts(this.schema, partition_by)]) ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{% macro write_together(table, partitions, partition_by, sql) -%}
    {#-
        Writes all partitions by one statement, and a file without rows for those that get none;
        then swaps them into the lake at once.
    -#}
    {%- set folder = run_query('select stage_partition(' ~ literals([table, '']) ~ ')').columns[0].values()[0] -%}
    {%- call statement('write') %}
        copy ({{ sql }}) to {{ literal(folder ~ '/written') }} (
            format parquet,
            compression zstd,
            row_group_size 61440,
            filename_pattern 'part-{i}',
            partition_by ({{ partition_by | join(', ') }})
        )
    {%- endcall -%}
    {%- set empty = run_query('select stage_partition(' ~ literals([table, 'empty']) ~ ')').columns[0].values()[0] -%}
    {%- call statement('write_empty') %}
        copy (
            select * exclude ({{ partition_by | join(', ') }})
            from ({{ sql }})
            where false
        ) to {{ literal(empty ~ '/part-0.parquet') }} (format parquet)
    {%- endcall -%}
    {%- set written = {} -%}
    {%- for values in partitions -%}
        {%- set partition = partition_path(values) -%}
        {%- do written.update({partition: 'written/' ~ partition}) -%}
    {%- endfor -%}
    {%- do run_query('select publish_written(' ~ literals([table, tojson(written), partition_facts(this.schema, partition_by)]) ~ ')') -%}
{%- endmacro %}

{% macro view_without_rows(sql, last_columns) -%}
    {#- The query of a view that has the columns of a lake table, in its order, and no row. -#}
    select
        * exclude ({{ last_columns | join(', ') }}),
        {{ config.require('partition_by') | join(', ') }}
    from ({{ columns_of_file(sql) }}) as nothing
{%- endmacro %}

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
        'settled': variable('settled') and is_made_of(model, 'int_actors__automated'),
    })) }}
{%- endmacro %}

{% macro is_made_of(node, name) -%}
    {#- Whether a model is made, step by step, of another one of this project. -#}
    {%- for parent in node.depends_on.nodes if parent in graph.nodes -%}
        {%- if graph.nodes[parent].name == name or is_made_of(graph.nodes[parent], name) -%}{{ return(true) }}{%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{% macro spark__with_hidden_columns(relation) -%}
    {{ spark_files('parquet', lake_root() ~ '/' ~ relation.schema ~ '/' ~ relation.identifier) }}
{%- endmacro %}

{% macro run_partitions(table, partition_by) -%}
    {#- The partitions that this run replaces: list of {column: value}, in path order. -#}
    {%- if 'snapshot' in partition_by -%}
        {{ return([{'snapshot': run_snapshot()}]) }}
    {%- elif 'day' not in partition_by -%}
        {{ return(run_months()) }}
    {%- elif 'hour' not in partition_by -%}
        {{ return(run_days()) }}
    {%- endif -%}
    {%- set spans = [] -%}
    {%- for span in spans_of(model) %}{% do spans.append([span.first | string, span.end | string]) %}{% endfor -%}
    {%- set by_source = 'yes' if 'webrequest_source' in partition_by else '' -%}
    {%- set partitions = [] -%}
    {%- for text in run_query('select unnest(partitions_of_spans(' ~ literals([table, tojson(spans), by_source]) ~ '))').columns[0].values() -%}
        {%- do partitions.append(fromjson(text)) -%}
    {%- endfor -%}
    {{ return(partitions) }}
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
