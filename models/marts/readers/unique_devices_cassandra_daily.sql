{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

with

domains as (

    select
        {{ regex_replace_all(regex_replace_all('domain', '^www[.]', ''), '[.]org$', '') }} as project,
        case when access_method = 'desktop' then 'desktop-site' else 'mobile-site' end as site,
        uniques_estimate,
        uniques_offset,
        uniques_underestimate,
        day
    from {{ rows_of_run_dates(ref('unique_devices_per_domain_daily')) }}

),

sites as (

    select
        project,
        site,
        {{ bigint_sum('uniques_estimate') }} as devices,
        {{ bigint_sum('uniques_offset') }} as device_offset,
        {{ bigint_sum('uniques_underestimate') }} as underestimate,
        day
    from domains
    group by project, site, day
    having sum(uniques_estimate) > {{ variable('unique_devices_threshold') }}

),

families as (

    select
        'all-' || project_family || '-projects' as project,
        'all-sites' as site,
        {{ bigint_sum('uniques_estimate') }} as devices,
        {{ bigint_sum('uniques_offset') }} as device_offset,
        {{ bigint_sum('uniques_underestimate') }} as underestimate,
        day
    from {{ rows_of_run_dates(ref('unique_devices_per_project_family_daily')) }}
    where project_family not in ('mediawiki', 'wikidata', 'wikimediafoundation', 'wikimedia')
    group by project_family, day
    having sum(uniques_estimate) > {{ variable('unique_devices_threshold') }}

),

-- All sites of a project are those that are published, so that no difference shows the other.
published as (

    select * from sites
    union all
    select * from families
    union all
    select
        project,
        'all-sites' as site,
        {{ bigint_sum('devices') }} as devices,
        {{ bigint_sum('device_offset') }} as device_offset,
        {{ bigint_sum('underestimate') }} as underestimate,
        day
    from sites
    group by project, day

),

with_periods as (

    select
        project,
        site,
        devices,
        device_offset,
        underestimate,
        try_cast(substr(cast(day as {{ dbt.type_string() }}), 1, 4) as integer) as year,
        try_cast(substr(cast(day as {{ dbt.type_string() }}), 6, 2) as integer) as month,
        try_cast(substr(cast(day as {{ dbt.type_string() }}), 9, 2) as integer) as day
    from published

),

served as (

    select
        {{ serving_domain() }} as _domain,
        project,
        site as {{ quoted_name('access-site') }},
        'daily' as granularity,
        {{ serving_timestamp('') }} as timestamp,
        {{ serving_tid() }} as _tid,
        devices,
        device_offset as {{ quoted_name('offset') }},
        underestimate,
        year,
        month,
        day
    from with_periods

)

select * from served
