{{ config(partition_by=['day'], made_when_complete=true) }}

with

requests as (

    select
        normalized_host.project_class as project_family,
        actor_signature_per_project_family as actor,
        {{ map_value('geocoded_data', 'country_code') }} as country_code,
        {{ map_value('x_analytics_map', 'WMF-Last-Access-Global') }} as last_access,
        {{ map_value('x_analytics_map', 'nocookies') }} as nocookies,
        {{ date_of_period() }} as first_day
    from {{ rows_of_run_days(ref('pageview_actor')) }}
    where
        (is_pageview or is_redirect_to_pageview)
        and agent_type = 'user'
        and x_analytics_map is not null

),

countries as (

    select * from {{ ref('stg_readers__countries') }}

),

actors as (

    select
        requests.project_family,
        requests.country_code,
        requests.actor,
        requests.first_day,
        sum({{ first_visits('requests.last_access', 'requests.nocookies', 'requests.first_day') }}) as visits,
        count(requests.nocookies) as requests_without_cookies
    from requests
    group by
        requests.project_family,
        requests.country_code,
        requests.actor,
        requests.first_day

),

devices as (

    select
        project_family,
        country_code,
        first_day,
        sum(visits) as underestimate,
        {{ lone_requests('requests_without_cookies') }} as lone_requests
    from actors
    group by project_family, country_code, first_day

),

estimated as (

    select
        devices.project_family,
        coalesce(countries.name, '(missing country name)') as country,
        devices.country_code,
        try_cast(devices.underestimate as integer) as uniques_underestimate,
        try_cast(devices.lone_requests as integer) as uniques_offset,
        try_cast(devices.underestimate + devices.lone_requests as integer) as uniques_estimate,
        devices.first_day as day
    from devices
    left join countries
        on devices.country_code = countries.iso_code
    where devices.underestimate + devices.lone_requests > 0

)

select * from estimated
