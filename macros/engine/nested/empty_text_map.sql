{% macro empty_text_map() -%}
    {{ return(adapter.dispatch('empty_text_map')()) }}
{%- endmacro %}

{% macro duckdb__empty_text_map() -%}
    map_from_entries(cast([] as struct(k varchar, v varchar)[]))
{%- endmacro %}

{% macro spark__empty_text_map() -%}
    cast(map() as map<string, string>)
{%- endmacro %}
