{% macro joined(array, separator) -%}
    {{ return(adapter.dispatch('joined')(array, separator)) }}
{%- endmacro %}

{% macro duckdb__joined(array, separator) -%}
    array_to_string({{ array }}, {{ literal(separator) }})
{%- endmacro %}

{% macro spark__joined(array, separator) -%}
    array_join({{ array }}, {{ literal(separator) }})
{%- endmacro %}
