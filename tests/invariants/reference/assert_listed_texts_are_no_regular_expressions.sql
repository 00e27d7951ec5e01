{#-
    Lists hold plain text, in which only `?` means something: other special characters would take
    effect in a pattern. A text begins with something that can be searched for.
-#}
{{ config(tags=['rule_test']) }}

with

texts as (

    select
        'referer_hosts' as list,
        host as text
    from {{ ref('referer_hosts') }}
    union all
    select
        'spider_patterns' as list,
        text
    from {{ ref('spider_patterns') }}
    union all
    select
        'pageview_subdomains' as list,
        replace(name, '?', 'x') as text
    from {{ ref('pageview_subdomains') }}
    union all
    select
        'owned_domains' as list,
        refused_label_starts as text
    from {{ ref('owned_domains') }}

),

unsafe as (

    select * from texts
    where {{ regex_matches('text', '^[?]|^$|[*+^$|()\\[\\]{}\\\\]') }}

)

select * from unsafe
