{{ config(materialized='view') }}

with

edits_by_member as (
    {{ edits_by_member(
        ref('mediawiki_history_reduced'),
        'user_text',
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
        user_text,
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
                user_text asc nulls first
        ) as rank
    from counted

),

top_editors as (

    select
        project,
        granularity,
        period_start,
        month,
        editor_type,
        page_type,
        measure,
        try_cast(rank as integer) as rank,
        case when not {{ is_ip_address('user_text') }} then user_text end as user_text,
        value,
        snapshot
    from ranked
    where rank <= 100

)

select * from top_editors
