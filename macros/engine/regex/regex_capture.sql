{% macro regex_capture(text, pattern, group=1) -%}
    {{ return(adapter.dispatch('regex_capture')(text, pattern, group)) }}
{%- endmacro %}

{% macro duckdb__regex_capture(text, pattern, group=1) -%}
    regexp_extract({{ text }}, {{ literal(pattern) }}, {{ group }})
{%- endmacro %}

{% macro spark__regex_capture(text, pattern, group=1) -%}
    regexp_extract({{ text }}, {{ spark_regex(pattern) }}, {{ group }})
{%- endmacro %}
