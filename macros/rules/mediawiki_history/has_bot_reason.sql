{% macro has_bot_reason(current, historical, reason) -%}
    {#-
        Whether `reason` (group or name) is among the reasons why an account counts as a bot.
        Today's list counts when there is one, even an empty one; only without it does the list of
        that time.
    -#}
    {{ array_has('coalesce(' ~ current ~ ', ' ~ historical ~ ')', "'" ~ reason ~ "'") }}
{%- endmacro %}
