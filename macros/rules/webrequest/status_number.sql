{% macro status_number(http_status) -%}
    {#- An HTTP status as a number: `0200` and `200.0` are 200, `-` is none. -#}
    try_cast({{ spark_bigint(http_status) }} as integer)
{%- endmacro %}
