{% macro empty_map(type) -%}
    {#- A map of a type, without entries. -#}
    {{ return(adapter.dispatch('empty_map')(type)) }}
{%- endmacro %}

{% macro duckdb__empty_map(type) -%}
    map_from_entries(cast([] as struct(k varchar, v {{ duckdb__nested_type(type['values']) }})[]))
{%- endmacro %}

{% macro spark__empty_map(type) -%}
    cast(map() as {{ spark__nested_type(type) }})
{%- endmacro %}
