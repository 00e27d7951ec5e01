{% macro edits_per(reduced, key, dimension, measure) -%}
    {#- A measure of edits for each page or editor (`key`), by day and month and one more dimension. -#}
with

edits_by_member as (
    {{ edits_by_member(reduced, key, [dimension]) }}
),

counted as (

    select
        project,
        {{ key }},
        granularity,
        period_start,
        {{ dimension }},
        {{ measure_of_edits(measure) }} as {{ measure }},
        snapshot
    from edits_by_member
    where {{ key }} is not null
    group by
        snapshot,
        project,
        {{ key }},
        granularity,
        period_start,
        {{ dimension }}

)

select * from counted
{%- endmacro %}
