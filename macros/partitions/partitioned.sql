{% materialization partitioned, adapter='duckdb' -%}
    {#-
        Replaces the run's partitions of a lake table, each wholly, also with nothing, and shows
        the whole table as a view. Config `partition_by`: the partition columns, which come last.
    -#}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set table = this.schema ~ '/' ~ this.identifier -%}
    {%- set partition_by = config.require('partition_by') -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- for values in run_partitions(table, partition_by) -%}
        {%- set partition = partition_path(values) -%}
        {%- set folder = run_query("select stage_partition('" ~ table ~ "', '" ~ partition ~ "')").columns[0].values()[0] -%}
        {%- call statement('write') %}
            copy (
                select * exclude ({{ partition_by | join(', ') }})
                from ({{ sql }})
                where {{ partition_predicate(values) }}
            ) to '{{ folder | replace("'", "''") }}/part-0.parquet' (
                format parquet, compression zstd, row_group_size 61440
            )
        {%- endcall -%}
        {%- do run_query("select publish_partition('" ~ table ~ "', '" ~ partition ~ "')") -%}
    {%- endfor -%}

    {%- call statement('main') %}
        create or replace view {{ target_relation.include(database=false) }} as
        select
            * exclude ({{ partition_by | join(', ') }}),
            {{ partition_by | join(', ') }}
        from
            read_parquet(
                '{{ lake_root() }}/{{ table }}/{{ '*/' * partition_by | length }}*.parquet',
                hive_partitioning = true,
                hive_types = {
                    {%- for column in partition_by %}
                    '{{ column }}': {{ 'varchar' if column in ('webrequest_source', 'snapshot') else 'integer' }}{{ ',' if not loop.last }}
                    {%- endfor %}
                }
            )
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

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
        table holds from an earlier run, so that a source that is gone is emptied. Never none.
    -#}
    {%- set hour = partition_path(run_hour()) -%}
    {%- set query -%}
        select distinct regexp_extract(file, 'webrequest_source=([^/]+)/' || '{{ hour }}', 1)
        from (
            {{ raw_files() }}
            union all
            select file from glob('{{ lake_root() }}/{{ table }}/webrequest_source=*/{{ hour }}/*')
        )
        order by all
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list or ['text']) }}
{%- endmacro %}

{% macro partition_path(values) -%}
    {#- `year=2026/month=11/…` of a partition. -#}
    {%- for column, value in values.items() %}{{ column }}={{ value }}{{ '/' if not loop.last }}{% endfor -%}
{%- endmacro %}

{% macro partition_predicate(values) -%}
    {#- The predicate that keeps one partition's rows. -#}
    {%- for column, value in values.items() -%}
        {{ column }} = {{ value if value is number else "'" ~ value ~ "'" }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
