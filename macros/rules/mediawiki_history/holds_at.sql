{% macro holds_at(start, end, time) -%}
    {#-
        Whether a state holds at a time. A missing start is since ever, a missing end until now, a
        missing time before everything (D3).
    -#}
    (
        ({{ start }} is null or {{ start }} <= {{ time }})
        and ({{ end }} is null or {{ time }} is null or {{ time }} < {{ end }})
    )
{%- endmacro %}
