{% macro map_of(entries) -%}
    {{ return(adapter.dispatch('map_of')(entries)) }}
{%- endmacro %}

{% macro duckdb__map_of(entries) -%}
    map(['{{ entries | join("', '") }}'], [{{ entries.values() | join(', ') }}])
{%- endmacro %}

{% macro spark__map_of(entries) -%}
    map({% for key, value in entries.items() %}'{{ key }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
