{% macro in_run_hour() -%}
    {#- The predicate that keeps the rows of the run's hour; engines skip every other partition. -#}
    {%- for column, value in run_hour().items() -%}
        {{ column }} = {{ value }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro in_run_day() -%}
    {#- The predicate that keeps the rows of the run's day. -#}
    {%- for column, value in run_day().items() -%}
        {{ column }} = {{ value }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
