{% macro map_value(map, key) -%}
    {{ return(adapter.dispatch('map_value')(map, key)) }}
{%- endmacro %}

{% macro duckdb__map_value(map, key) -%}
    {{ map }}['{{ key }}']
{%- endmacro %}

{% macro spark__map_value(map, key) -%}
    {{ map }}['{{ key }}']
{%- endmacro %}
