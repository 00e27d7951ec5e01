{{ config(materialized='view') }}

with

edits_by_member as (
    {{ edits_by_member(
        ref('mediawiki_history_reduced'),
        'page_title',
        ['project_group', 'editor_type', 'page_type', 'measure']
    ) }}
),

counted as (

    select
        snapshot,
        project,
        granularity,
        period_start,
        month,
        editor_type,
        page_type,
        measure,
        page_title,
        {{ bigint_sum('value') }} as value
    from edits_by_member
    group by all

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                snapshot,
                project,
                granularity,
                period_start,
                month,
                editor_type,
                page_type,
                measure
            order by
                value desc,
                page_title asc nulls first
        ) as rank
    from counted

),

top_edited_pages as (

    select
        project,
        granularity,
        period_start,
        month,
        editor_type,
        page_type,
        measure,
        try_cast(rank as integer) as rank,
        page_title,
        value,
        snapshot
    from ranked
    where rank <= 100

)

select * from top_edited_pages
