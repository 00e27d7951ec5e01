{{ config(materialized='view') }}

with

owned_domains as (

    select * from {{ ref('owned_domains') }}
    where {{ in_force() }}
    {{- site_domain_rows() }}

),

pageview_subdomains as (

    select * from {{ ref('pageview_subdomains') }}
    where {{ in_force() }}

),

hosts as (

    select distinct uri_host from {{ ref('int_webrequest__accepted') }}

),

trimmed as (

    select
        uri_host,
        {{ lower_unicode(trim_blanks('uri_host')) }} as trimmed_host
    from hosts

),

split as (

    select
        *,
        {{ tested_host('trimmed_host') }} as tested_host
    from trimmed

),

with_domains as (

    select
        split.uri_host,
        split.trimmed_host,
        owned_domains.domain,
        owned_domains.has_portal,
        owned_domains.pageview_labels,
        owned_domains.refused_label_starts,
        case
            when split.tested_host = owned_domains.domain then ''
            else left(split.tested_host, length(split.tested_host) - length(owned_domains.domain) - 1)
        end as subdomain
    from split
    left join owned_domains
        on
            split_part(split.tested_host, '.', -2) || '.' || split_part(split.tested_host, '.', -1)
            = owned_domains.domain

),

listed_hosts as (

    select distinct with_domains.uri_host
    from with_domains
    inner join pageview_subdomains
        on
            with_domains.domain = pageview_subdomains.domain
            and {{ regex_matches_column(
                'with_domains.subdomain',
                "'^' || " ~ wildcard_pattern('pageview_subdomains.name', '[a-z]') ~ " || '([.](m|mobile|wap|zero))?$'"
            ) }}

),

host_rules as (

    select
        with_domains.uri_host,
        with_domains.trimmed_host,
        with_domains.domain is not null as is_owned_host,
        'seed owned_domains: ' || with_domains.domain || ', labels ' || with_domains.pageview_labels as host_rule,
        coalesce(
            case with_domains.pageview_labels
                when 'listed' then listed_hosts.uri_host is not null
                when 'any'
                    then {{ regex_matches('with_domains.subdomain', '^([a-z0-9_-]+([.][a-z0-9_-]+)*)?$') }}
                when 'letter_first'
                    then {{ regex_matches('with_domains.subdomain', '^([a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)*)?$') }}
                else false
            end
            and not {{ regex_matches_column(
                'with_domains.subdomain',
                "'(^|[.])(' || replace(" ~ wildcard_pattern("coalesce(with_domains.refused_label_starts, '/')") ~ ", ' ', '|') || ')'"
            ) }},
            false
        ) as is_pageview_host,
        coalesce(with_domains.has_portal and with_domains.trimmed_host = 'www.' || with_domains.domain, false)
            as is_portal_host
    from with_domains
    left join listed_hosts
        on with_domains.uri_host = listed_hosts.uri_host

)

select * from host_rules
