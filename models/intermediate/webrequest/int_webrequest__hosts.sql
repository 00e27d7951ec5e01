with

requests as (

    select * from {{ ref('int_webrequest__readable') }}

),

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

    select distinct uri_host from requests

),

cleaned as (

    select
        uri_host,
        {{ lower_unicode('uri_host') }} as lower_host,
        {{ lower_unicode(trim_blanks('uri_host')) }} as trimmed_host,
        {{ normalized_host_text('uri_host') }} as normalized_host
    from hosts

),

split as (

    select
        *,
        {{ tested_host('trimmed_host') }} as tested_host
    from cleaned

),

owned as (

    select
        split.*,
        owned_domains.domain,
        owned_domains.is_referer_internal,
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

listed as (

    select distinct owned.uri_host
    from owned
    inner join pageview_subdomains
        on
            owned.domain = pageview_subdomains.domain
            and {{ regex_matches_column(
                'owned.subdomain',
                "'^' || " ~ wildcard_pattern('pageview_subdomains.name', '[a-z]') ~ " || '([.](m|mobile|wap|zero))?$'"
            ) }}

),

tested as (

    select
        owned.*,
        case owned.pageview_labels
            when 'listed' then listed.uri_host is not null
            when 'any'
                then {{ regex_matches('owned.subdomain', '^([a-z0-9_-]+([.][a-z0-9_-]+)*)?$') }}
            when 'letter_first'
                then {{ regex_matches('owned.subdomain', '^([a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)*)?$') }}
            else false
        end
        and not {{ regex_matches_column(
            'owned.subdomain',
            "'(^|[.])(' || replace(" ~ wildcard_pattern("coalesce(owned.refused_label_starts, '/')") ~ ", ' ', '|') || ')'"
        ) }} as is_pageview_host
    from owned
    left join listed
        on owned.uri_host = listed.uri_host

),

named as (

    select
        uri_host,
        {{ normalized_project_family('normalized_host') }} as project_family,
        {{ normalized_project('normalized_host') }} as project,
        {{ normalized_qualifiers('normalized_host') }} as qualifiers,
        {{ normalized_tld('normalized_host') }} as tld,
        {{ pageview_project('lower_host') }} as pageview_project,
        domain is not null as is_owned_host,
        'seed owned_domains: ' || domain || ', labels ' || pageview_labels as host_rule,
        coalesce(is_pageview_host, false) as is_pageview_host,
        coalesce(has_portal and trimmed_host = 'www.' || domain, false) as is_portal_host,
        trimmed_host,
        coalesce({{ regex_matches('uri_host', '(^|[.])(m|zero|wap|mobile)[.]') }}, false) as has_mobile_label
    from tested

),

flagged as (

    select
        *,
        {{ struct_of({
            'project_class': 'project_family',
            'project': 'project',
            'qualifiers': "case when qualifiers = '' then " ~ empty_text_array() ~ ' else '
                ~ split_to_array('qualifiers', '.') ~ ' end',
            'tld': 'tld',
            'project_family': 'project_family',
        }) }} as normalized_host
    from named

)

select * from flagged
