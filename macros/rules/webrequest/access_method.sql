{% macro access_method(is_mobile_app, is_mobile, has_mobile_label) -%}
    {#-
        How the site was reached: `mobile app`, `mobile web` or `desktop` (spec 2.10). X-Analytics
        tells mobile web since 2025-08-13; before, and with a site_profile, a label of the host
        does. The variable mobile_web_from overrides that.
    -#}
    {%- set told_by = variable('mobile_web_from') or ('x_analytics' if version_at_least('0.0.26+20250813') and not site_profile() else 'host') -%}
    case
        when {{ is_mobile_app }} then 'mobile app'
        when {{ is_mobile if told_by == 'x_analytics' else has_mobile_label }} then 'mobile web'
        else 'desktop'
    end
{%- endmacro %}
