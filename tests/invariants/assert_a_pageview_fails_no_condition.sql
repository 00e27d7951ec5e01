-- What a request is and why it is so come from one expression: they never disagree, and no other
-- name than those of pageview_conditions is ever given.
with

requests as (

    select * from {{ ref('webrequest_explained') }}
    where {{ in_run_hour() }}

),

refined as (

    select count(*) as requests from {{ ref('webrequest') }}
    where {{ in_run_hour() }}

),

explained as (

    select
        count(*) as requests,
        count(case when is_pageview <> (pageview_condition = 'pageview') then 1 end) as disagreeing
    from requests

),

violations as (

    select
        refined.requests as refined_requests,
        explained.requests as explained_requests,
        explained.disagreeing
    from refined
    cross join explained
    where
        explained.disagreeing > 0
        or explained.requests <> refined.requests

)

select * from violations
