with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

owned_domains as (

    select * from {{ ref('owned_domains') }}

),

referer_hosts as (

    select
        *,
        {{ referer_pattern('host', 'followed_by') }} as pattern,
        split_part(host, '?', 1) as literal
    from {{ ref('referer_hosts') }}

),

referers as (

    select distinct referer from raw

),

split as (

    select
        referer,
        split_part(referer, '/', 1) as scheme,
        split_part(referer, '/', 2) as between_slashes,
        {{ regex_capture("split_part(referer, '/', 3)", '^[^?#]*', 0) }} as domain,
        length(referer) - length(replace(referer, '/', '')) >= 2 as has_domain
    from referers

),

checked as (

    select
        referer,
        domain,
        has_domain
        and scheme in ('http:', 'https:', 'android-app:')
        and between_slashes = ''
        and {{ regex_matches('domain', '^[A-Za-z0-9_.:-]*[A-Za-z][A-Za-z0-9_.:-]*$') }}
        and {{ label_count('domain') }} between 2 and 11 as is_known
    from split

),

own as (

    select
        checked.referer,
        checked.is_known,
        coalesce(owned_domains.is_referer_internal, false) as is_internal,
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
        coalesce(referer_hosts.referer_name, 'none') as referer_name
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
