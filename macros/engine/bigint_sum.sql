{% macro bigint_sum(number) -%}
    {{ return(adapter.dispatch('bigint_sum')(number)) }}
{%- endmacro %}

{% macro duckdb__bigint_sum(number) -%}
    try_cast(sum({{ number }}) as bigint)
{%- endmacro %}

{% macro spark__bigint_sum(number) -%}
    {#- Spark's own sum would restart at the smallest number. -#}
    try_sum(cast({{ number }} as bigint))
{%- endmacro %}
