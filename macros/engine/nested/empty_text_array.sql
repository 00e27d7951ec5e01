{% macro empty_text_array() -%}
    {{ return(adapter.dispatch('empty_text_array')()) }}
{%- endmacro %}

{% macro duckdb__empty_text_array() -%}
    []::varchar[]
{%- endmacro %}

{% macro spark__empty_text_array() -%}
    cast(array() as array<string>)
{%- endmacro %}

{% macro text_array_type() -%}
    {{ return(adapter.dispatch('text_array_type')()) }}
{%- endmacro %}

{% macro duckdb__text_array_type() -%}
    {{ return('varchar[]') }}
{%- endmacro %}

{% macro spark__text_array_type() -%}
    {{ return('array<string>') }}
{%- endmacro %}
