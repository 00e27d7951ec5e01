{{ config(partition_by=['year', 'month'], made_when_complete=true) }}

with

requests as (

    select
        {{ map_value('pageview_info', 'project') }} as project,
        access_method,
        actor_signature as actor,
        {{ map_value('geocoded_data', 'country_code') }} as country_code,
        {{ map_value('x_analytics_map', 'WMF-Last-Access') }} as last_access,
        {{ map_value('x_analytics_map', 'nocookies') }} as nocookies,
        year,
        month,
        {{ date_of_period('1') }} as first_day
    from {{ rows_of_run_months(ref('pageview_actor')) }}
    where
        is_pageview
        and agent_type = 'user'
        and x_analytics_map is not null

),

wikis as (

    select * from {{ ref('stg_readers__wikis') }}

),

countries as (

    select * from {{ ref('stg_readers__countries') }}

),

actors as (

    select
        coalesce(wikis.domain_name, requests.project || '.org') as domain,
        requests.access_method,
        requests.country_code,
        requests.actor,
        requests.year,
        requests.month,
        requests.first_day,
        sum({{ first_visits('requests.last_access', 'requests.nocookies', 'requests.first_day') }}) as visits,
        count(requests.nocookies) as requests_without_cookies
    from requests
    left join wikis
        on requests.project = wikis.pageview_code
    group by
        coalesce(wikis.domain_name, requests.project || '.org'),
        requests.access_method,
        requests.country_code,
        requests.actor,
        requests.year,
        requests.month,
        requests.first_day

),

devices as (

    select
        domain,
        access_method,
        country_code,
        year,
        month,
        first_day,
        sum(visits) as underestimate,
        {{ lone_requests('requests_without_cookies') }} as lone_requests
    from actors
    group by domain, access_method, country_code, year, month, first_day

),

estimated as (

    select
        devices.domain,
        devices.access_method,
        coalesce(countries.name, '(missing country name)') as country,
        devices.country_code,
        try_cast(devices.underestimate as integer) as uniques_underestimate,
        try_cast(devices.lone_requests as integer) as uniques_offset,
        try_cast(devices.underestimate + devices.lone_requests as integer) as uniques_estimate,
        devices.first_day as day,
        devices.year,
        devices.month
    from devices
    left join countries
        on devices.country_code = countries.iso_code
    where devices.underestimate + devices.lone_requests > 0

)

select * from estimated
