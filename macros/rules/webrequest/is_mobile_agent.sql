{% macro is_mobile_agent(user_agent) -%}
    {#-
        Whether a user agent is that of a phone or tablet, for sites that tell mobile web in no
        other way. Tablets that say they are computers count as such, television sets as well.
    -#}
    (coalesce({{ regex_matches(
        lower_ascii(user_agent),
        'mobi|android|iphone|ipod|opera mini|blackberry|windows phone|symbian|midp'
    ) }}, false)
    and not coalesce({{ regex_matches(lower_ascii(user_agent), 'smart-?tv|google-?tv|android tv|hbbtv|crkey') }}, false))
{%- endmacro %}
