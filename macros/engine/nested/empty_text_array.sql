{% macro empty_text_array() -%}
    {{ return(adapter.dispatch('empty_text_array')()) }}
{%- endmacro %}

{% macro duckdb__empty_text_array() -%}
    []::varchar[]
{%- endmacro %}

{% macro spark__empty_text_array() -%}
    cast(array() as array<string>)
{%- endmacro %}
