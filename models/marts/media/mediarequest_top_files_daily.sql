{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

{%- set list_of = ['referer', 'media_type', 'year', 'month', 'day'] %}

with

requests as (

    select
        {{ article_text('base_name') }} as file_path,
        {{ served_referer('referer') }} as referer,
        media_classification as media_type,
        request_count,
        case
            when media_classification = 'video' and not {{ is_poster('transcoding') }} then request_count
            else 0
        end as play_count,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('mediarequest')) }}
    where agent_type = 'user'

),

counted as (

    select
        {{ or_all('referer', 'all-referers') }} as referer,
        {{ or_all('media_type', 'all-media-types') }} as media_type,
        file_path,
        {{ bigint_sum('request_count') }} as requests,
        {{ bigint_sum('play_count') }} as plays,
        year,
        month,
        day
    from requests
    group by year, month, day, file_path, cube(referer, media_type)

),

ranked as (

    select
        *,
        {{ competition_rank('requests', list_of) }} as request_rank,
        {{ is_within_top('requests', list_of) }} as is_listed,
        {{ competition_rank('plays', list_of) }} as play_rank,
        {{ is_within_top('plays', list_of) }} as is_listed_by_plays
    from counted

),

files as (

    select
        referer,
        media_type,
        {{ json_list({'file_path': 'file_path', 'requests': 'requests', 'rank': 'request_rank'}, ['request_rank', 'file_path']) }} as files,
        year,
        month,
        day
    from ranked
    where is_listed
    group by referer, media_type, year, month, day

),

videos as (

    select
        referer,
        media_type,
        {{ json_list({'file_path': 'file_path', 'play_requests': 'plays', 'play_rank': 'play_rank'}, ['play_rank', 'file_path']) }} as videos,
        year,
        month,
        day
    from ranked
    where
        is_listed_by_plays
        and media_type = 'video'
    group by referer, media_type, year, month, day

),

served as (

    select
        {{ serving_domain() }} as _domain,
        files.referer,
        files.media_type,
        {{ serving_tid() }} as _tid,
        files.files as {{ quoted_name('filesJSON') }},
        videos.videos as {{ quoted_name('video_filesJSON') }},
        {{ padded('files.year', 4) }} as year,
        {{ padded('files.month') }} as month,
        {{ padded('files.day') }} as day
    from files
    left join videos
        on
            files.referer = videos.referer
            and files.media_type = videos.media_type
            and files.year = videos.year
            and files.month = videos.month
            and files.day = videos.day

)

select * from served
