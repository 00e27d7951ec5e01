{% macro oldest_day(retention) -%}
    {#-
        The oldest day that is kept, as the number YYYYMMDD, on the day of the variable `today`; 0
        without it.
    -#}
    {%- if variable('today') is none -%}{{ return(0) }}{%- endif -%}
    {%- set today = run_date(variable('today') | string, 'today') -%}
    {%- set days = variable('retention_' ~ retention ~ '_days') | int -%}
    {{ return((today - modules.datetime.timedelta(days=days)).strftime('%Y%m%d') | int) }}
{%- endmacro %}
