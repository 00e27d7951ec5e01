{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

with

requests as (

    select
        {{ served_referer('referer') }} as referer,
        media_classification as media_type,
        agent_type as agent,
        {{ is_poster('transcoding') }} as is_poster,
        media_classification in ('audio', 'video') as is_played,
        request_count,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('mediarequest')) }}

),

counted as (

    select
        {{ or_all('referer', 'all-referers') }} as referer,
        {{ or_all('media_type', 'all-media-types') }} as media_type,
        {{ or_all('agent', 'all-agents') }} as agent,
        {{ bigint_sum('request_count') }} as requests,
        {{ bigint_sum('case when is_played and is_poster then request_count else 0 end') }} as posters,
        {{ bigint_sum('case when is_played and not is_poster then request_count else 0 end') }} as plays,
        year,
        month,
        day
    from requests
    group by year, month, day, cube(referer, media_type, agent)

),

served as (

    select
        {{ serving_domain() }} as _domain,
        referer,
        media_type,
        agent,
        'daily' as granularity,
        {{ serving_timestamp() }} as timestamp,
        {{ serving_tid() }} as _tid,
        requests,
        case when media_type in ('audio', 'video', 'all-media-types') then posters end as poster_requests,
        case when media_type in ('audio', 'video', 'all-media-types') then plays end as play_requests,
        year,
        month,
        day
    from counted

)

select * from served
