{% macro regex_matches_column(text, pattern) -%}
    {{ return(adapter.dispatch('regex_matches_column')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_matches_column(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__regex_matches_column(text, pattern) -%}
    {{ text }} rlike ('(?d)' || replace({{ pattern }}, '$', r'\z'))
{%- endmacro %}
