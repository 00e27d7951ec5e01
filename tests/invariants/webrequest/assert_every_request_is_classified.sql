{#-
    Whatever a request holds, it is a pageview or not, and has an access method, an agent type and a
    place.
-#}
{%- set classes = {
    'access_method': ['desktop', 'mobile app', 'mobile web'],
    'agent_type': ['user', 'spider'],
    'referer_class': [
        'none',
        'internal',
        'external',
        'external (AI chatbot)',
        'external (search engine)',
        'external (media sites)',
        'unknown',
    ],
} %}

with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}

),

unclassified as (

    select
        is_pageview,
        access_method,
        agent_type,
        referer_class,
        ip_provenance,
        count(*) as requests
    from requests
    where
        is_pageview is null
        {%- for column, values in classes.items() %}
        or coalesce({{ column }}, '') not in ('{{ values | join("', '") }}')
        {%- endfor %}
        -- NULL before the version that brought it.
        or ip_provenance not in ('internet', 'wikimedia', 'wikimedia_labs')
    group by
        is_pageview,
        access_method,
        agent_type,
        referer_class,
        ip_provenance

)

select * from unclassified
