{% macro first_line(text) -%}
    {{ return(adapter.dispatch('first_line')(text)) }}
{%- endmacro %}

{% macro duckdb__first_line(text) -%}
    regexp_extract({{ text }}, '^[^\n\r\x{85}\x{2028}\x{2029}]*', 0)
{%- endmacro %}

{% macro spark__first_line(text) -%}
    regexp_extract({{ text }}, r'^[^\n\r\x{85}\x{2028}\x{2029}]*', 0)
{%- endmacro %}
