{% macro map_of_one(key, value) -%}
    {{ return(adapter.dispatch('map_of_one')(key, value)) }}
{%- endmacro %}

{% macro duckdb__map_of_one(key, value) -%}
    map([{{ literal(key) }}], [{{ value }}])
{%- endmacro %}

{% macro spark__map_of_one(key, value) -%}
    map({{ literal(key) }}, {{ value }})
{%- endmacro %}
