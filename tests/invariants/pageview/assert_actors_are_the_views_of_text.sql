-- pageview_actor has one row for each pageview of the text source and for each redirect to one.
with

requests as (

    select
        {{ hour_columns() }},
        is_pageview,
        is_redirect_to_pageview,
        case
            when webrequest_source = 'text' and (is_pageview or is_redirect_to_pageview) then 1
            else 0
        end as count_views,
        0 as count_actors
    from {{ rows_of_run_hours(ref('webrequest')) }}
    union all
    select
        {{ hour_columns() }},
        is_pageview,
        is_redirect_to_pageview,
        0 as count_views,
        1 as count_actors
    from {{ rows_of_run_hours(ref('pageview_actor')) }}

),

counts as (

    select
        {{ hour_columns() }},
        is_pageview,
        is_redirect_to_pageview,
        sum(count_views) as count_views,
        sum(count_actors) as count_actors
    from requests
    group by
        {{ hour_columns() }},
        is_pageview,
        is_redirect_to_pageview

),

unbalanced as (

    select * from counts
    where count_views <> count_actors

)

select * from unbalanced
