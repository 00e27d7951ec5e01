{% macro unnested(array) -%}
    {#- A row for each member of an array, where it stands in a `select`. -#}
    {{ return(adapter.dispatch('unnested')(array)) }}
{%- endmacro %}

{% macro duckdb__unnested(array) -%}
    unnest({{ array }})
{%- endmacro %}

{% macro spark__unnested(array) -%}
    explode({{ array }})
{%- endmacro %}
