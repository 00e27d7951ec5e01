with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

digests as (

    select
        event_entity,
        project,
        case when event_type = 'daily_digest' then 'daily' else 'monthly' end as granularity,
        {{ date_of('event_timestamp') }} as period_start,
        {{ wikistats_editor_type('user_type') }} as editor_type,
        {{ wikistats_page_type('page_type') }} as page_type,
        {{ activity_level('revisions') }} as activity_level
    from reduced
    where event_type in ('daily_digest', 'monthly_digest')

),

counted_by_level as (

    select
        event_entity,
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        activity_level,
        count(*) as digests
    from digests
    where period_start is not null and project is not null
    group by all

),

by_activity_level as (
    {{ with_every(
        'counted_by_level',
        'activity_level',
        ['activity_level', "'all-activity-levels'"],
        [
            'event_entity',
            'project',
            'granularity',
            'period_start',
            'editor_type',
            'page_type',
            'digests',
        ]
    ) }}
),

counted_digests as (

    select
        event_entity,
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        activity_level,
        {{ bigint_sum('digests') }} as digests
    from by_activity_level
    group by all

)

select * from counted_digests
