{% macro map_has_key(map, key) -%}
    {{ return(adapter.dispatch('map_has_key')(map, key)) }}
{%- endmacro %}

{% macro duckdb__map_has_key(map, key) -%}
    coalesce(map_contains({{ map }}, '{{ key }}'), false)
{%- endmacro %}

{% macro spark__map_has_key(map, key) -%}
    coalesce(map_contains_key({{ map }}, '{{ key }}'), false)
{%- endmacro %}
