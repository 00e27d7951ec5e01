with

requests as (

    select * from {{ ref('int_webrequest__readable') }}

),

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

    select distinct referer from requests

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

own as (

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
        own.referer,
        min(referer_hosts.position) as position
    from own
    inner join referer_hosts
        on
            {{ position_of('referer_hosts.literal', 'own.referer') }} > 0
            and {{ regex_matches_column('own.referer', 'referer_hosts.pattern') }}
    where
        own.is_known
        and not own.is_internal
        and not own.is_nameless
    group by own.referer

),

named as (

    select
        own.referer,
        case
            when own.referer is null or own.referer in ('', '-') then 'none'
            when not own.is_known or own.is_nameless then 'unknown'
            when own.is_internal then 'internal'
            else coalesce(referer_hosts.referer_class, 'external')
        end as referer_class,
        coalesce(referer_hosts.referer_name, 'none') as referer_name,
        case
            when own.referer is null or own.referer in ('', '-') then 'no referer'
            when not own.is_known or own.is_nameless then 'no readable address'
            when own.is_internal then 'seed owned_domains: ' || own.domain
            when referer_hosts.host is not null then 'seed referer_hosts: ' || referer_hosts.host
            else 'no row of referer_hosts'
        end as referer_rule
    from own
    left join first_hits
        on own.referer = first_hits.referer
    left join referer_hosts
        on first_hits.position = referer_hosts.position

),

assembled as (

    select
        *,
        {{ struct_of({'referer_class': 'referer_class', 'referer_name': 'referer_name'}) }}
            as referer_data
    from named

)

select * from assembled
