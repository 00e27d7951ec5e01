{% macro utf16_length(text) -%}
    {{ return(adapter.dispatch('utf16_length')(text)) }}
{%- endmacro %}

{% macro duckdb__utf16_length(text) -%}
    (length({{ text }}) + length(regexp_replace({{ text }}, '[^\x{10000}-\x{10FFFF}]', '', 'g')))
{%- endmacro %}
