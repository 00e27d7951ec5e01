{% macro top_by(reduced, key, measure) -%}
    {#-
        The 100 pages or editors (`key`) with most of a measure, for all members of all dimensions.
        Ties go by name, the unknown one first.
    -#}
    {%- set grain = ['snapshot', 'project', 'granularity', 'period_start', 'editor_type', 'page_type'] -%}
with

edits_by_member as (
    {{ edits_by_member(reduced, key, ['project_group', 'editor_type', 'page_type']) }}
),

counted as (

    select
        {{ grain | join(',\n        ') }},
        {{ key }},
        {{ measure_of_edits(measure) }} as {{ measure }}
    from edits_by_member
    group by
        {{ grain | join(',\n        ') }},
        {{ key }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                {{ grain | join(',\n                ') }}
            order by
                {{ measure }} desc,
                {{ key }} asc nulls first
        ) as rank
    from counted

),

top as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        try_cast(rank as integer) as rank,
        {{ 'case when not ' ~ is_ip_address(key) ~ ' then ' ~ key ~ ' end' if key == 'user_text' else key }}
            as {{ key }},
        {{ measure }},
        snapshot
    from ranked
    where rank <= 100

)

select * from top
{%- endmacro %}
