{% macro array_of_trimmed(array) -%}
    {{ return(adapter.dispatch('array_of_trimmed')(array)) }}
{%- endmacro %}

{% macro duckdb__array_of_trimmed(array) -%}
    list_transform({{ array }}, lambda part: {{ trim_blanks('part') }})
{%- endmacro %}

{% macro spark__array_of_trimmed(array) -%}
    transform({{ array }}, part -> {{ trim_blanks('part') }})
{%- endmacro %}

{% macro array_of_replaced(array, text, replacement) -%}
    {{ return(adapter.dispatch('array_of_replaced')(array, text, replacement)) }}
{%- endmacro %}

{% macro duckdb__array_of_replaced(array, text, replacement) -%}
    list_transform({{ array }}, lambda part: replace(part, {{ literal(text) }}, {{ literal(replacement) }}))
{%- endmacro %}

{% macro spark__array_of_replaced(array, text, replacement) -%}
    transform({{ array }}, part -> replace(part, {{ literal(text) }}, {{ literal(replacement) }}))
{%- endmacro %}

{% macro sorted_array(array) -%}
    {{ return(adapter.dispatch('sorted_array')(array)) }}
{%- endmacro %}

{% macro duckdb__sorted_array(array) -%}
    list_sort({{ array }})
{%- endmacro %}

{% macro spark__sorted_array(array) -%}
    sort_array({{ array }})
{%- endmacro %}

{% macro sum_of_texts(array) -%}
    {#- The sum of the whole numbers in an array of texts; NULL beyond 64 bits. -#}
    {{ return(adapter.dispatch('sum_of_texts')(array)) }}
{%- endmacro %}

{% macro duckdb__sum_of_texts(array) -%}
    try_cast(coalesce(list_sum(list_transform({{ array }}, lambda part: try_cast(part as bigint))), 0) as bigint)
{%- endmacro %}

{% macro spark__sum_of_texts(array) -%}
    aggregate({{ array }}, 0L, (total, part) -> try_add(total, coalesce(try_cast(part as bigint), 0L)))
{%- endmacro %}

{% macro sorted_array_agg(value) -%}
    {{ return(adapter.dispatch('sorted_array_agg')(value)) }}
{%- endmacro %}

{% macro duckdb__sorted_array_agg(value) -%}
    list_sort(list(distinct {{ value }}))
{%- endmacro %}

{% macro spark__sorted_array_agg(value) -%}
    sort_array(collect_set({{ value }}))
{%- endmacro %}
