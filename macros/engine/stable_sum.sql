{% macro stable_sum(number) -%}
    {#-
        The sum of doubles, an aggregate that gives the same whatever their order is: to 12 decimals. NULL
        where one of them has more than 9 digits before the point or is infinite. By way of texts,
        since DuckDB multiplies doubles to make decimals, and gets other last digits than Spark.
    -#}
    {%- set decimals = 'try_cast(cast(' ~ number ~ ' as ' ~ dbt.type_string() ~ ') as decimal(21, 12))' -%}
    case
        when count({{ number }}) = count({{ decimals }}) then cast(sum({{ decimals }}) as double)
    end
{%- endmacro %}
