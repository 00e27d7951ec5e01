{% macro absolute(number) -%}
    {#- The absolute value of a bigint; NULL for the smallest, which has none. -#}
    abs(case when {{ number }} >= -9223372036854775807 then {{ number }} end)
{%- endmacro %}
