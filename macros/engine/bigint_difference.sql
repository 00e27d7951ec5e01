{% macro bigint_difference(one, other) -%}
    {{ return(adapter.dispatch('bigint_difference')(one, other)) }}
{%- endmacro %}

{% macro duckdb__bigint_difference(one, other) -%}
    try_cast(
        cast(try_cast({{ one }} as bigint) as hugeint) - cast(try_cast({{ other }} as bigint) as hugeint)
        as bigint
    )
{%- endmacro %}

{% macro spark__bigint_difference(one, other) -%}
    try_subtract(cast({{ one }} as bigint), cast({{ other }} as bigint))
{%- endmacro %}
