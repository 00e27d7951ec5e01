{% macro absolute(number) -%}
    {#- A bigint without its sign; NULL for the smallest, which has none without it. -#}
    abs(case when {{ number }} >= -9223372036854775807 then {{ number }} end)
{%- endmacro %}
