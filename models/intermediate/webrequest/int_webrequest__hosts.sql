with

host_rules as (

    select * from {{ ref('int_webrequest__host_rules') }}

),

with_host_texts as (

    select
        *,
        {{ lower_unicode('uri_host') }} as lower_host,
        {{ normalized_host_text('uri_host') }} as normalized_host_text
    from host_rules

),

named as (

    select
        uri_host,
        trimmed_host,
        is_owned_host,
        host_rule,
        is_pageview_host,
        is_portal_host,
        {{ normalized_project_family('normalized_host_text') }} as project_family,
        {{ normalized_project('normalized_host_text') }} as project,
        {{ normalized_qualifiers('normalized_host_text') }} as qualifiers,
        {{ normalized_tld('normalized_host_text') }} as tld,
        {{ pageview_project('lower_host') }} as pageview_project,
        coalesce({{ regex_matches('uri_host', '(^|[.])(m|zero|wap|mobile)[.]') }}, false) as has_mobile_label
    from with_host_texts

),

with_normalized_host as (

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

select * from with_normalized_host
