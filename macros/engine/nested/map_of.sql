{% macro map_of(entries) -%}
    {{ return(adapter.dispatch('map_of')(entries)) }}
{%- endmacro %}

{% macro duckdb__map_of(entries) -%}
    {#-
        The keys are positions in a list, since texts in each row are expensive to join and to
        write.
    -#}
    {%- set keys = "'" ~ entries | join("', '") ~ "'" -%}
    map(cast([{{ keys }}] as enum({{ keys }})[]), [{{ entries.values() | join(', ') }}])
{%- endmacro %}

{% macro spark__map_of(entries) -%}
    map({% for key, value in entries.items() %}'{{ key }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
