{% macro pageview_conditions() -%}
    {#-
        What a request must fulfil to be a pageview, in the order of asking (spec 2.6): a list of
        {name, looks_at, holds}, SQL on the columns of the joined rows of int_webrequest__classified.
        A condition that is NULL does not hold. The seed pageview_conditions has a sentence for each.
    -#}
    {%- set is_app = is_app_view() -%}
    {{ return([
        {'name': 'http_status', 'looks_at': 'http_status', 'holds': is_view_status('http_status')},
        {'name': 'not_owned_host', 'looks_at': 'uri_host', 'holds': 'is_owned_host'},
        {'name': 'host_without_pageviews', 'looks_at': 'uri_host', 'holds': 'is_pageview_host'},
        {'name': 'special_page', 'looks_at': 'x_analytics', 'holds': 'not (' ~ is_special_page(is_app) ~ ')'},
        {'name': 'preview', 'looks_at': 'x_analytics', 'holds': 'not is_preview'},
        {'name': 'debug', 'looks_at': 'x_analytics', 'holds': 'not is_debug'},
        {'name': 'content_type', 'looks_at': 'content_type', 'holds': is_app ~ ' or ' ~ is_html('content_type')},
        {'name': 'api_path', 'looks_at': 'uri_path', 'holds': is_app ~ ' or not ' ~ is_api_path('uri_path')},
        {'name': 'path', 'looks_at': 'uri_path', 'holds': is_app ~ ' or ' ~ names_a_page('uri_path', 'uri_query')},
        {'name': 'unwanted_action', 'looks_at': 'uri_query', 'holds': is_app ~ ' or ' ~ is_wanted_action('uri_query')},
        {'name': 'app_without_tag', 'looks_at': 'x_analytics', 'holds': has_tag_if_app()},
    ]) }}
{%- endmacro %}

{% macro first_failing_condition(conditions) -%}
    {#- The name of the first condition that does not hold; `pageview` when all do. -#}
    case
        {%- for condition in conditions %}
        when not coalesce({{ condition.holds }}, false) then '{{ condition.name }}'
        {%- endfor %}
        else 'pageview'
    end
{%- endmacro %}

{% macro is_redirect_to_pageview() -%}
    {#-
        Whether a redirect leads to what would be a pageview: its status and content type are those
        of a redirect, and all other conditions hold (spec 2.7).
    -#}
    {%- set others = pageview_conditions() | rejectattr('name', 'in', ['http_status', 'content_type']) | list -%}
    case
        when
            http_status in ('301', '302', '307')
            and ({{ is_html('content_type') }} or {{ trim_blanks('content_type') }} = '-')
            then {{ first_failing_condition(others) }} = 'pageview'
        else false
    end
{%- endmacro %}
