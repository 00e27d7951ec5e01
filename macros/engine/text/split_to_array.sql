{% macro split_to_array(text, separator) -%}
    {{ return(adapter.dispatch('split_to_array')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__split_to_array(text, separator) -%}
    string_split({{ text }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__split_to_array(text, separator) -%}
    split({{ text }}, r'\Q{{ separator }}\E')
{%- endmacro %}
