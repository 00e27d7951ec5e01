{% macro regex_matches(text, pattern) -%}
    {{ return(adapter.dispatch('regex_matches')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ literal(pattern) }})
{%- endmacro %}

{% macro spark__regex_matches(text, pattern) -%}
    {{ text }} rlike {{ spark_regex(pattern) }}
{%- endmacro %}
