{% macro access_method(is_mobile_app, is_mobile, has_mobile_label) -%}
    {#-
        How the site was reached: `mobile app`, `mobile web` or `desktop`. Mobile web is told by
        X-Analytics or, with variable mobile_web_from = host, by a label of the host (spec 2.10).
    -#}
    {%- if var('mobile_web_from') not in ('x_analytics', 'host') -%}
        {{ exceptions.raise_compiler_error("The variable 'mobile_web_from' is '" ~ var('mobile_web_from') ~ "': write x_analytics or host.") }}
    {%- endif -%}
    case
        when {{ is_mobile_app }} then 'mobile app'
        when {{ is_mobile if var('mobile_web_from') == 'x_analytics' else has_mobile_label }} then 'mobile web'
        else 'desktop'
    end
{%- endmacro %}
