{% macro bigint_sum(number) -%}
    {{ return(adapter.dispatch('bigint_sum')(number)) }}
{%- endmacro %}

{% macro duckdb__bigint_sum(number) -%}
    {#- By its statistics DuckDB may choose to add bigints in 64 bits, and was seen to wrap. -#}
    try_cast(sum(try_cast({{ number }} as hugeint)) as bigint)
{%- endmacro %}

{% macro spark__bigint_sum(number) -%}
    {#-
        Spark's own sum would go on at the smallest number, and try_sum would give up at the first
        intermediate result that is too large. So the halves of the numbers are added by
        themselves.
    -#}
    {%- set half = '4294967296' -%}
    {%- set low = 'sum(cast(' ~ number ~ ' as bigint) & ' ~ half ~ ' - 1)' -%}
    try_add(
        try_multiply(sum(shiftright(cast({{ number }} as bigint), 32)) + shiftright({{ low }}, 32), {{ half }}),
        {{ low }} & {{ half }} - 1
    )
{%- endmacro %}
