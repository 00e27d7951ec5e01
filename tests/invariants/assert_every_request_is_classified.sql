-- Whatever a request holds, it is a pageview or none, comes by some way from somebody and somewhere.
with

requests as (

    select * from {{ rows_of_run_hour(ref('webrequest')) }}

),

unclassified as (

    select
        hostname,
        server_pid,
        sequence
    from requests
    where
        is_pageview is null
        or access_method is null
        or agent_type is null
        or referer_class is null

)

select * from unclassified
