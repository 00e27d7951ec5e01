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
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set partitions = run_partitions(table, partition_by) -%}
    {#- A model that makes nothing in this run, such as a daily one within a day, runs no query. -#}
    {%- if partitions -%}
        {%- do assert_columns_of_the_contract(sql) -%}
        {%- set sql = get_select_subquery(sql) -%}
        {%- if is_one_period(partitions) -%}
            {%- do write_each(table, partitions, partition_by, sql) -%}
        {%- else -%}
            {%- do write_together(table, partitions, partition_by, sql) -%}
        {%- endif -%}
    {%- endif -%}

    {%- set view = view_of_partitions(target_relation.schema, target_relation.identifier, partition_by, config.get('hidden_columns', [])) -%}
    {%- set has_files = partitions or run_query(files_query(partition_files(this.schema, this.identifier, partition_by))) | length -%}
    {%- if not has_files -%}
        {#- No file shows the columns of a table that no run has made a partition of yet. -#}
        {%- set view = view_without_rows(partition_by + config.get('hidden_columns', [])) -%}
    {%- endif -%}
    {%- set has_grown = add_new_columns(table, partitions, partition_by) -%}
    {%- set is_current = view_is_current(target_relation, view) -%}
    {%- if has_grown or not is_current -%}
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
    {%- for values in partitions[:8] if partition_path(dict(values, webrequest_source='', datacenter='')) not in periods -%}
        {%- do periods.append(partition_path(dict(values, webrequest_source='', datacenter=''))) -%}
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
                format parquet, compression zstd, row_group_size 61440, {{ documentation_of_file() }}
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
            partition_by ({{ partition_by | join(', ') }}),
            {{ documentation_of_file() }}
        )
    {%- endcall -%}
    {%- set empty = run_query('select stage_partition(' ~ literals([table, 'empty']) ~ ')').columns[0].values()[0] -%}
    {%- call statement('write_empty') %}
        copy (
            select * exclude ({{ partition_by | join(', ') }})
            from ({{ sql }})
            where false
        ) to {{ literal(empty ~ '/part-0.parquet') }} (format parquet, {{ documentation_of_file() }})
    {%- endcall -%}
    {%- set written = {} -%}
    {%- for values in partitions -%}
        {%- set partition = partition_path(values) -%}
        {%- do written.update({partition: 'written/' ~ partition}) -%}
    {%- endfor -%}
    {%- do run_query('select publish_written(' ~ literals([table, tojson(written), partition_facts(this.schema, partition_by)]) ~ ')') -%}
{%- endmacro %}

{% macro view_without_rows(last_columns) -%}
    {#- The query of a view that has the columns of the model's contract and no row. -#}
    select
        * exclude ({{ last_columns | join(', ') }}),
        {{ config.require('partition_by') | join(', ') }}
    from ({{ get_empty_schema_sql(model.columns) }}) as nothing
    where false
{%- endmacro %}

{% macro assert_columns_of_the_contract(sql) -%}
    {#-
        Stops a model whose query has other columns than its contract, as Parquet will have them: enums
        become texts. dbt compares by two queries more, so it is only asked where names or types are
        not written alike: it knows other names of types, and says what is wrong.
    -#}
    {%- set columns = [] -%}
    {%- for name, type in run_query('select column_name, column_type from (describe ' ~ sql ~ ')').rows -%}
        {%- do columns.append((name, modules.re.sub('ENUM\\(.*?\\)', 'VARCHAR', type))) -%}
    {%- endfor -%}
    {%- set declared = [] -%}
    {%- for column in model.columns.values() %}{% do declared.append((column.name, column.data_type | upper)) %}{% endfor -%}
    {%- if columns | sort != declared | sort -%}
        {{ get_assert_columns_equivalent(query_without_rows(columns)) }}
    {%- endif -%}
{%- endmacro %}

{% macro query_without_rows(columns) -%}
    {#- A query that has columns, pairs of name and type, and no row. -#}
    select
        {%- for name, type in columns %}
        cast(null as {{ type }}) as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
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

{% macro place_of_columns(schema, name) -%}
    {#- The partition, which no run makes, of the file without rows that a view reads first. -#}
    {%- for column, type in partition_types(table_of(schema, name)).items() -%}
        {{ column }}={{ {'varchar': 'none', 'date': '9999-12-31'}.get(type, 0) }}{{ '/' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro file_of_columns(schema, name, partition_by) -%}
    {#- The pattern of the file without rows that a view reads first (wikilake/lake/columns.py). -#}
    {{- glob_escaped(lake_root()) }}/.columns/{{ schema }}/{{ name }}/{{ place_of_columns(schema, name) }}/columns.parquet
{%- endmacro %}

{% macro make_file_of_columns(schema, name, partition_by) -%}
    {#- Has that file show the columns that the table has now, before its view is made. -#}
    {%- do run_query(
        'select make_file_of_columns(' ~ literal(schema ~ '/' ~ name) ~ ', '
        ~ literal(place_of_columns(schema, name)) ~ ', ' ~ literal(tojson(partition_by)) ~ ')'
    ) -%}
{%- endmacro %}

{% macro lake_files(schema, name, partition_by) -%}
    {#- The files of a lake table as a table function, partition columns included. -#}
    {{ files_as_rows(
        [file_of_columns(schema, name, partition_by), partition_files(schema, name, partition_by)], table_of(schema, name)
    ) }}
{%- endmacro %}

{% macro files_as_rows(patterns, node) -%}
    {#- Files of a lake table, by their patterns, as a table function. -#}
    read_parquet(
        [
            {%- for pattern in patterns %}{{ duckdb__literal(pattern) }}{{ ', ' if not loop.last }}{% endfor -%}
        ],
        hive_partitioning = true,
        hive_types = {
            {%- for column, type in partition_types(node).items() %}
            '{{ column }}': {{ type }}{{ ',' if not loop.last }}
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
    {{ return(table_of(relation.schema, relation.identifier)) }}
{%- endmacro %}

{% macro table_of(schema, name) -%}
    {#- The same by schema and name. A model is called as its table is, but those of events, of which two have one name. -#}
    {%- set own = graph.nodes.get('model.wikilake.' ~ name) -%}
    {%- if own and own.schema == schema %}{{ return(own) }}{% endif -%}
    {{ return(graph.nodes['model.wikilake.' ~ schema ~ '__' ~ name]) }}
{%- endmacro %}

{% macro partition_files(schema, name, partition_by, partition={}) -%}
    {#-
        The pattern that matches the files of a lake table, or of its partitions with these values.
    -#}
    {{- glob_escaped(lake_root()) }}/{{ schema }}/{{ name }}/
    {%- for column in partition_by %}{{ column ~ '=' ~ partition[column] if column in partition else '*' }}/{% endfor -%}
    *.parquet
{%- endmacro %}

{% macro add_new_columns(table, partitions, partition_by) -%}
    {#-
        Has the older partitions of a table hold the columns that the run's have and they have not,
        NULL in every row; returns whether there were any. The run's get those that only the older
        ones have.
    -#}
    {%- if not partitions %}{{ return(false) }}{% endif -%}
    {%- set asked = literals([table, partition_path(partitions[0]), tojson(partition_by)]) -%}
    {%- set written = run_query('select add_new_columns(' ~ asked ~ ')').columns[0].values()[0] | int -%}
    {%- if written -%}
        {%- do exceptions.warn(
            table | replace('/', '.') ~ ' has other columns than before: ' ~ written ~ ' partition(s) that lacked some '
            ~ 'were written again, with NULL in them.'
        ) -%}
    {%- endif -%}
    {{ return(written > 0) }}
{%- endmacro %}

{% macro show_partitions_of_the_lake() -%}
    {#- Makes the views of all lake tables that have files, for a lost catalog. -#}
    {%- for model in graph.nodes.values() if model.config.materialized == 'partitioned' and model.package_name == 'wikilake' -%}
        {%- set files = partition_files(model.schema, model.alias, model.config.partition_by) -%}
        {%- if run_query(files_query(files)) | length -%}
            {%- do run_query('create schema if not exists ' ~ model.schema) -%}
            {%- do make_file_of_columns(model.schema, model.alias, model.config.partition_by) -%}
            {%- do run_query(
                'create or replace view ' ~ model.schema ~ '.' ~ model.alias ~ ' as '
                ~ view_of_partitions(model.schema, model.alias, model.config.partition_by, model.config.get('hidden_columns', []))
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
        'thresholds': thresholds_of(model),
        'settled': variable('settled') and is_made_of(model, 'int_actors__automated'),
    })) }}
{%- endmacro %}

{% macro thresholds_of(node) -%}
    {#- The variables that say how many must stand behind a row of a table, with what they are now. -#}
    {%- set thresholds = {} -%}
    {%- for name in (node.config.get('meta') or {}).get('thresholds', []) -%}
        {%- do thresholds.update({name: variable(name) | int}) -%}
    {%- endfor -%}
    {{ return(thresholds) }}
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
    {#-
        The partitions that this run replaces: list of {column: value}, in path order; none with
        `--empty`, nor of what is read from dumps where no setting names a folder with them.
    -#}
    {%- if flags.EMPTY or ('dumps' in model.tags and not env_var('WIKILAKE_DUMPS', '')) -%}
        {{ return([]) }}
    {%- elif 'snapshot' in partition_by -%}
        {#- A history from dumps leaves one that was made from tables as it is. -#}
        {%- set is_made = is_history_from_tables() or 'history_from_tables' not in model.tags -%}
        {{ return([{'snapshot': run_snapshot()}] if is_made else []) }}
    {%- elif 'day' not in partition_by -%}
        {{ return(partitions_of_periods(run_months(), model)) }}
    {%- elif not partition_by | select('in', ['hour', 'hour_of_day']) | list -%}
        {{ return(partitions_of_periods(run_days(), model)) }}
    {%- endif -%}
    {%- set spans = [] -%}
    {%- for span in spans_of(model) %}{% do spans.append([span.first | string, span.end | string]) %}{% endfor -%}
    {%- set by_source = 'yes' if 'webrequest_source' in partition_by else '' -%}
    {%- set partitions = [] -%}
    {%- set replaced = run_query('select partitions_of_spans(' ~ literals([table, tojson(spans), by_source]) ~ ')').columns[0].values()[0] -%}
    {%- for values in fromjson(replaced) -%}
        {%- if 'datacenter' in partition_by -%}
            {%- for place in config.require('datacenters') %}{% do partitions.append(dict(datacenter=place, **values)) %}{% endfor -%}
        {%- else -%}
            {%- do partitions.append(values) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(partitions_of_periods(partitions, model)) }}
{%- endmacro %}

{% macro partitions_of_periods(periods, node) -%}
    {#-
        Hours, days and months as partitions of a table, whose columns may be numbers, padded texts
        (`month=09`), a date (`day=2026-11-01`), and `hour_of_day` where `hour` is a time.
    -#}
    {%- set types = partition_types(node) -%}
    {%- set partitions = [] -%}
    {%- for period in periods -%}
        {%- set values = {} -%}
        {%- for column, type in types.items() -%}
            {%- set part = 'hour' if column == 'hour_of_day' else column -%}
            {%- if part in period -%}
                {%- do values.update({column:
                    '%04d-%02d-%02d' % (period.year, period.month, period.day) if type == 'date'
                    else ('%04d' if part == 'year' else '%02d') % period[part] if type == 'varchar' and period[part] is number
                    else period[part]
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do partitions.append(values) -%}
    {%- endfor -%}
    {{ return(partitions) }}
{%- endmacro %}

{% macro partition_types(node) -%}
    {#- Partition column to its type, as the table's contract has it. -#}
    {%- set types = {} -%}
    {%- for column in node.config.partition_by -%}
        {%- do types.update({column: node.columns[column].data_type}) -%}
    {%- endfor -%}
    {{ return(types) }}
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
