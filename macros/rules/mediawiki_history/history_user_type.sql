{% macro history_user_type() -%}
    {#- What kind of user made an event; the first that fits. Temporary accounts are anonymous. -#}
    case
        when event_user_is_anonymous or event_user_is_temporary then 'anonymous'
        when event_user_is_group_bot then 'group_bot'
        when event_user_is_name_bot then 'name_bot'
        else 'user'
    end
{%- endmacro %}
