-- How much of the load does the cache keep from the application, and how long do answers take?
--
-- Requests of the run's hour by the way they were answered. Times are to the first byte, averages.

with

requests as (

    select
        webrequest_source,
        cache_status,
        response_size,
        time_firstbyte
    from {{ ref('webrequest') }}
    where {{ in_run_hours() }}

),

totals as (

    select
        webrequest_source,
        count(*) as request_count
    from requests
    group by webrequest_source

),

by_status as (

    select
        webrequest_source,
        cache_status,
        count(*) as request_count,
        sum(response_size) as bytes_sent,
        avg(time_firstbyte) as seconds_to_first_byte
    from requests
    group by
        webrequest_source,
        cache_status

),

shares as (

    select
        by_status.webrequest_source,
        by_status.cache_status,
        by_status.request_count,
        round(cast(by_status.request_count as double) / totals.request_count * 100, 2)
            as percent_of_requests,
        by_status.bytes_sent,
        round(by_status.seconds_to_first_byte, 4) as seconds_to_first_byte
    from by_status
    inner join totals
        on by_status.webrequest_source = totals.webrequest_source

)

select * from shares
order by webrequest_source asc, request_count desc, cache_status asc
