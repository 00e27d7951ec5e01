{% macro get_where_subquery(relation) -%}
    {#-
        What a test reads. dbt's own macro gives the whole relation, or what the test's `where`
        keeps of it; here a test on a partitioned model reads the partitions of the run alone.
    -#}
    {%- set predicates = [config.get('where')] if config.get('where') else [] -%}
    {%- if execute and model.attached_node in graph.nodes -%}
        {%- set tested = graph.nodes[model.attached_node] -%}
        {%- if tested.config.materialized == 'partitioned' and tested.name == relation.identifier -%}
            {%- do predicates.append(in_run(tested.config.partition_by)) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(
        '(select * from ' ~ relation ~ ' where (' ~ predicates | join(') and (') ~ ')) as tested'
        if predicates else relation
    ) }}
{%- endmacro %}

{% macro in_run(partition_by) -%}
    {#- The predicate that keeps the run's rows of a table with these partition columns. -#}
    {%- if 'snapshot' in partition_by -%}{{ in_run_snapshot() }}
    {%- elif 'hour' in partition_by -%}{{ in_run_hour() }}
    {%- else -%}{{ in_run_day() }}
    {%- endif -%}
{%- endmacro %}
