{#-
    HTML is sent and nothing of it counts as a pageview in the whole hour: the site is hardly known,
    or its pages are told in another way. A domain that is known may have quiet hours, in which only
    programs come; one that is not known has no view whatever comes.
-#}
{{ config(severity='warn', meta={'shows_rows': true, 'behind_gate': false}) }}

with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}

),

hours_without_views as (

    select {{ hour_columns() }} from requests
    group by {{ hour_columns() }}
    having sum(case when is_pageview then 1 else 0 end) = 0

),

-- Few hours have no view at all, and only their requests are looked at closely.
html_requests as (

    select
        requests.normalized_host.project_class || '.' || requests.normalized_host.tld as domain,
        {{ hour_columns('requests') }}
    from requests
    inner join hours_without_views
        on {{ is_same_hour('requests', 'hours_without_views') }}
    where
        requests.http_status in ('200', '304')
        and {{ site_is_html({'content_type': 'html_or_unknown'}, 'requests.content_type') }}
        and (
            coalesce(requests.content_type, '-') not in ('-', '')
            or not {{ regex_matches('requests.uri_path', '[.][A-Za-z0-9]+$') }}
        )

),

known_domains as (

    select distinct domain from {{ ref('owned_domains') }}
    where {{ in_force() }}
    {%- for domain in variable('site_domains') %}
    union
    select {{ literal(domain) }} as domain
    {%- endfor %}

),

sites as (

    select
        html_requests.domain,
        count(*) as html_requests,
        max(case when known_domains.domain is null then 0 else 1 end) as is_known,
        {{ hour_columns('html_requests') }}
    from html_requests
    left join known_domains
        on html_requests.domain = known_domains.domain
    where html_requests.domain is not null
    group by
        html_requests.domain,
        {{ hour_columns('html_requests') }}

),

suspicious as (

    select
        {{ hour_text() }} as hour_text,
        domain,
        html_requests,
        case
            when is_known = 0
                then 'no pageview: name the domain in site_domains and say how it is built in site_profile (wikilake init writes both)'
            else 'no pageview: site_profile does not find the pages, wmf.webrequest_explained says why'
        end as remedy
    from sites
    where is_known = 0 or html_requests >= 20
    order by html_requests desc, domain asc

)

select * from suspicious
