{% macro files_query(pattern) -%}
    {{ return(adapter.dispatch('files_query')(pattern)) }}
{%- endmacro %}

{% macro duckdb__files_query(pattern) -%}
    select file from glob({{ literal(pattern) }}) order by file
{%- endmacro %}

{% macro spark__files_query(pattern) -%}
    select unnest(files({{ literal(pattern) }}))
{%- endmacro %}
