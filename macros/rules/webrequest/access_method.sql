{% macro access_method(is_mobile_app, is_mobile, has_mobile_label, user_agent) -%}
    {#- How the site was reached: `mobile app`, `mobile web` or `desktop` (spec 2.10). -#}
    {%- set told_by = mobile_web_told_by() -%}
    case
        when {{ is_mobile_app }} then 'mobile app'
        when {{ is_mobile if told_by == 'x_analytics' else has_mobile_label }} then 'mobile web'
        {%- if told_by == 'user_agent' %}
        when {{ is_mobile_agent(user_agent) }} then 'mobile web'
        {%- endif %}
        else 'desktop'
    end
{%- endmacro %}

{% macro mobile_web_told_by() -%}
    {#-
        What tells mobile web: the variable mobile_web_from, else the site_profile, else X-Analytics
        since 2025-08-13 and a label of the host before.
    -#}
    {%- if variable('mobile_web_from') -%}{{ return(variable('mobile_web_from')) }}{%- endif -%}
    {%- if site_profile() -%}{{ return(site_profile().get('mobile_web_from', 'host')) }}{%- endif -%}
    {{ return('x_analytics' if version_at_least('0.0.26+20250813') else 'host') }}
{%- endmacro %}
