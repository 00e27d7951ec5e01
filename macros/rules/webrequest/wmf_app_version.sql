{% macro wmf_app_version(user_agent) -%}
    {#- The Wikipedia app's version: what follows `WikipediaApp/` at the start, up to a space; else `-`. -#}
    case
        when {{ user_agent }} like 'WikipediaApp/%'
            then split_part(substr({{ user_agent }}, 14), ' ', 1)
        else '-'
    end
{%- endmacro %}

{% macro is_parsed_user_agent(user_agent) -%}
    {#- Whether a user agent is short enough to be parsed: 400 characters, no limit in 0.0.19. -#}
    {{ utf16_length(user_agent) ~ ' <= 400' if version_at_least('0.0.20') else 'true' }}
{%- endmacro %}
