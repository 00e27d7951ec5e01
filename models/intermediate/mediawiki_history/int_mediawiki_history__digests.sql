with

edits as (

    select * from {{ ref('int_mediawiki_history__edits') }}

),

keyed as (

    select
        *,
        'user' as event_entity,
        user_key as entity_key
    from edits
    union all
    select
        *,
        'page' as event_entity,
        page_key as entity_key
    from edits
    where not may_be_redirect

),

-- Each user and page by day and by month, by each type of user and page and by all of them.
counted as (

    select
        project,
        event_entity,
        entity_key,
        day,
        month,
        user_type,
        page_type,
        grouping(month) = 1 as is_daily,
        grouping(user_type) = 1 as is_all_user_types,
        grouping(page_type) = 1 as is_all_page_types,
        {{ bigint_sum('text_bytes_diff') }} as text_bytes_diff,
        {{ bigint_sum('text_bytes_diff_abs') }} as text_bytes_diff_abs,
        count(*) as revisions
    from keyed
    group by
        project,
        event_entity,
        entity_key,
        grouping sets ((day), (month)),  -- noqa: PRS, LT02
        cube (user_type, page_type)

),

-- A digest does not show whose it is.
digests as (

    select
        project,
        event_entity,
        case when is_daily then 'daily_digest' else 'monthly_digest' end as event_type,
        case when is_daily then day else month || '-01' end || ' 00:00:00.0' as event_timestamp,
        case when is_all_user_types then 'all' else user_type end as user_type,
        case when is_all_page_types then 'all' else page_type end as page_type,
        text_bytes_diff,
        text_bytes_diff_abs,
        revisions
    from counted

)

select * from digests
