{% macro wmf_app_version(user_agent) -%}
    {#- The Wikipedia app's version: what follows `WikipediaApp/` at the start, up to a space; else `-`. -#}
    case
        when {{ user_agent }} like 'WikipediaApp/%'
            then split_part(substr({{ user_agent }}, 14), ' ', 1)
        else '-'
    end
{%- endmacro %}
