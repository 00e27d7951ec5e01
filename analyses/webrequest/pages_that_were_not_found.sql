-- Which addresses lead nowhere, and from which sites do people follow them?
--
-- Requests of the run's hour that ended in 404 or 410, by path. A foreign host that leads here has a
-- dead link; an own one is a link to mend. Crawlers are left out: they try anything.

with

requests as (

    select
        uri_host,
        uri_path,
        http_status,
        referer_class,
        agent_type
    from {{ ref('webrequest') }}
    where {{ in_run_hours() }}

),

not_found as (

    select
        uri_host,
        uri_path,
        count(*) as request_count,
        sum(case when referer_class = 'internal' then 1 else 0 end) as from_own_pages,
        sum(case when referer_class like 'external%' then 1 else 0 end) as from_other_sites
    from requests
    where
        http_status in ('404', '410')
        and agent_type = 'user'
    group by
        uri_host,
        uri_path

)

select * from not_found
order by request_count desc, uri_host asc, uri_path asc
limit 100
