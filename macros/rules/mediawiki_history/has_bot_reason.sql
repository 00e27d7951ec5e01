{% macro has_bot_reason(current, historical, reason) -%}
    {#-
        Whether `reason` (group or name) is among why an account counts as a bot. The list of today
        counts when there is one, even an empty one; only without it the list of that time.
    -#}
    {{ array_has('coalesce(' ~ current ~ ', ' ~ historical ~ ')', "'" ~ reason ~ "'") }}
{%- endmacro %}
