{% macro get_where_subquery(relation) -%}
    {#-
        Returns what a test reads. dbt's own macro returns the whole relation, or the rows that the
        test's `where` keeps; here a test on a partitioned model reads only the partitions of the
        run.
    -#}
    {%- set tested = relation -%}
    {%- if execute and model.attached_node in graph.nodes -%}
        {%- set node = graph.nodes[model.attached_node] -%}
        {%- if node.config.materialized == 'partitioned' and node.alias == relation.identifier and node.schema == relation.schema -%}
            {%- if 'snapshot' in node.config.partition_by -%}
                {%- set tested = rows_of_run_snapshot(relation) -%}
            {%- elif 'hour' in node.config.partition_by -%}
                {%- set tested = rows_of_run_hours(relation) -%}
            {%- else -%}
                {%- set periods = run_days() if 'day' in node.config.partition_by else run_months() -%}
                {%- set tested = rows_of_partitions(relation, partitions_of_periods(periods, node)) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- if tested == relation and not config.get('where') -%}{{ return(relation) }}{%- endif -%}
    {{ return(
        '(select * from ' ~ tested ~ ' as rows_of_run' ~ (' where ' ~ config.get('where') if config.get('where')) ~ ') as tested'
    ) }}
{%- endmacro %}
