{% macro map_has_key(map, key) -%}
    {{ return(adapter.dispatch('map_has_key')(map, key)) }}
{%- endmacro %}

{% macro duckdb__map_has_key(map, key) -%}
    map_contains({{ map }}, '{{ key }}')
{%- endmacro %}
