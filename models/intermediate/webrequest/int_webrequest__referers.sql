with

owned_domains as (

    select * from {{ ref('owned_domains') }}
    where {{ in_force() }}
    {{- site_domain_rows() }}

),

referer_hosts as (

    select
        *,
        {{ referer_pattern('host', 'followed_by') }} as pattern,
        split_part(host, '?', 1) as literal
    from {{ ref('referer_hosts') }}
    where {{ in_force() }}

),

referers as (

    select distinct referer from {{ ref('int_webrequest__accepted') }}

),

split as (

    select
        referer,
        split_part(referer, '/', 1) as scheme,
        split_part(referer, '/', 2) as between_slashes,
        {{ referer_domain('referer') }} as domain,
        length(referer) - length(replace(referer, '/', '')) >= 2 as has_domain
    from referers

),

checked as (

    select
        referer,
        domain,
        has_domain and {{ is_readable_referer('scheme', 'between_slashes', 'domain') }} as is_known
    from split

),

with_domains as (

    select
        checked.referer,
        checked.is_known,
        coalesce(owned_domains.is_referer_internal, false) as is_internal,
        owned_domains.domain,
        split_part(checked.domain, '.', -1) = 'org' and split_part(checked.domain, '.', -2) = ''
            as is_nameless
    from checked
    left join owned_domains
        on
            split_part(checked.domain, '.', -2) || '.' || split_part(checked.domain, '.', -1)
            = owned_domains.domain

),

first_hits as (

    select
        with_domains.referer,
        min(referer_hosts.position) as position
    from with_domains
    inner join referer_hosts
        on
            {{ position_of('referer_hosts.literal', 'with_domains.referer') }} > 0
            and {{ regex_matches_column('with_domains.referer', 'referer_hosts.pattern') }}
    where
        with_domains.is_known
        and not with_domains.is_internal
        and not with_domains.is_nameless
    group by with_domains.referer

),

classified as (

    select
        with_domains.referer,
        case
            when with_domains.referer is null or with_domains.referer in ('', '-') then 'none'
            when not with_domains.is_known or with_domains.is_nameless then 'unknown'
            when with_domains.is_internal then 'internal'
            else coalesce(referer_hosts.referer_class, 'external')
        end as referer_class,
        coalesce(referer_hosts.referer_name, 'none') as referer_name,
        case
            when with_domains.referer is null or with_domains.referer in ('', '-') then 'no referer'
            when not with_domains.is_known or with_domains.is_nameless then 'no readable address'
            when with_domains.is_internal then 'seed owned_domains: ' || with_domains.domain
            when referer_hosts.host is not null then 'seed referer_hosts: ' || referer_hosts.host
            else 'no row of referer_hosts'
        end as referer_rule
    from with_domains
    left join first_hits
        on with_domains.referer = first_hits.referer
    left join referer_hosts
        on first_hits.position = referer_hosts.position

),

with_referer_data as (

    select
        *,
        {{ struct_of({'referer_class': 'referer_class', 'referer_name': 'referer_name'}) }}
            as referer_data
    from classified

)

select * from with_referer_data
