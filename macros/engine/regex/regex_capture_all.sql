{% macro regex_capture_all(text, pattern, group=0) -%}
    {{ return(adapter.dispatch('regex_capture_all')(text, pattern, group)) }}
{%- endmacro %}

{% macro duckdb__regex_capture_all(text, pattern, group=0) -%}
    regexp_extract_all({{ text }}, {{ literal(pattern) }}, {{ group }})
{%- endmacro %}

{% macro spark__regex_capture_all(text, pattern, group=0) -%}
    regexp_extract_all({{ text }}, {{ spark_regex(pattern) }}, {{ group }})
{%- endmacro %}
