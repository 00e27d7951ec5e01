{{ config(partition_by=['year', 'month'], made_when_complete=true) }}

with

domains as (

    select
        {{ regex_replace_all(regex_replace_all('domain', '^www[.]', ''), '[.]org$', '') }} as project,
        case when access_method = 'desktop' then 'desktop-site' else 'mobile-site' end as site,
        uniques_estimate,
        uniques_offset,
        uniques_underestimate,
        year,
        month
    from {{ rows_of_partitions(ref('unique_devices_per_domain_monthly'), run_months()) }}

),

sites as (

    select
        project,
        site,
        {{ bigint_sum('uniques_estimate') }} as devices,
        {{ bigint_sum('uniques_offset') }} as device_offset,
        {{ bigint_sum('uniques_underestimate') }} as underestimate,
        year,
        month
    from domains
    group by project, site, year, month
    having sum(uniques_estimate) > {{ variable('unique_devices_threshold') }}

),

families as (

    select
        'all-' || project_family || '-projects' as project,
        'all-sites' as site,
        {{ bigint_sum('uniques_estimate') }} as devices,
        {{ bigint_sum('uniques_offset') }} as device_offset,
        {{ bigint_sum('uniques_underestimate') }} as underestimate,
        year,
        month
    from {{ rows_of_partitions(ref('unique_devices_per_project_family_monthly'), run_months()) }}
    where project_family not in ('mediawiki', 'wikidata', 'wikimediafoundation', 'wikimedia')
    group by project_family, year, month
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
        year,
        month
    from sites
    group by project, year, month

),

served as (

    select
        {{ serving_domain() }} as _domain,
        project,
        site as {{ quoted_name('access-site') }},
        'monthly' as granularity,
        {{ padded('year', 4) }} || {{ padded('month') }} || '01' as timestamp,
        {{ serving_tid() }} as _tid,
        devices,
        device_offset as {{ quoted_name('offset') }},
        underestimate,
        year,
        month
    from published

)

select * from served
