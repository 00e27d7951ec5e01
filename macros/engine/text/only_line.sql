{% macro only_line(text) -%}
    {{ return(adapter.dispatch('only_line')(text)) }}
{%- endmacro %}

{% macro duckdb__only_line(text) -%}
    regexp_extract({{ text }}, {{ one_line_pattern() }}, 1)
{%- endmacro %}

{% macro spark__only_line(text) -%}
    regexp_extract({{ text }}, r{{ one_line_pattern() }}, 1)
{%- endmacro %}

{% macro one_line_pattern() -%}
    {#- Lines end as in Java: U+0085, U+2028 and U+2029 end a line, and a last CR LF is one end. -#}
    {%- set ends = '\\n\\r\\x{85}\\x{2028}\\x{2029}' -%}
    '\A([^{{ ends }}]*)(?:\r\n|[{{ ends }}])?\z'
{%- endmacro %}
