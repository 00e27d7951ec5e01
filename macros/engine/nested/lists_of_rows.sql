{% macro list_of_rows(members) -%}
    {#- The rows of a group as a list of structs, in the order of their first member. -#}
    {{ return(adapter.dispatch('list_of_rows')(members)) }}
{%- endmacro %}

{% macro duckdb__list_of_rows(members) -%}
    list({{ struct_of(members) }} order by {{ members.values() | first }})
{%- endmacro %}

{% macro spark__list_of_rows(members) -%}
    sort_array(collect_list({{ struct_of(members) }}))
{%- endmacro %}

{% macro rows_of_list(list) -%}
    {#- As the last of a select list: a row for each struct of a list, its members as columns. -#}
    {{ return(adapter.dispatch('rows_of_list')(list)) }}
{%- endmacro %}

{% macro duckdb__rows_of_list(list) -%}
    unnest({{ list }}, max_depth := 2)
{%- endmacro %}

{% macro spark__rows_of_list(list) -%}
    inline({{ list }})
{%- endmacro %}

{% macro list_agg(value) -%}
    {#- The values of a group as a list. -#}
    {{ return(adapter.dispatch('list_agg')(value)) }}
{%- endmacro %}

{% macro duckdb__list_agg(value) -%}
    list({{ value }})
{%- endmacro %}

{% macro spark__list_agg(value) -%}
    collect_list({{ value }})
{%- endmacro %}

{% macro rows_of_range(start, end) -%}
    {#- In a select list: a row for each whole number from `start` up to, but not including, `end`. -#}
    {{ return(adapter.dispatch('rows_of_range')(start, end)) }}
{%- endmacro %}

{% macro duckdb__rows_of_range(start, end) -%}
    unnest(range({{ start }}, {{ end }}))
{%- endmacro %}

{% macro spark__rows_of_range(start, end) -%}
    explode(sequence({{ start }}, {{ end }} - 1))
{%- endmacro %}
