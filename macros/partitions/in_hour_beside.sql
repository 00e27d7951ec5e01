{% macro in_hour_beside(hours) -%}
    {#- The predicate that keeps the rows of the hour so many hours after the run's (-1: before). -#}
    {%- set run = run_hour() -%}
    {%- set begins = modules.datetime.datetime(run.year, run.month, run.day, run.hour) -%}
    {%- set beside = begins + modules.datetime.timedelta(hours=hours) -%}
    (
        year = {{ beside.year }}
        and month = {{ beside.month }}
        and day = {{ beside.day }}
        and hour = {{ beside.hour }}
    )
{%- endmacro %}
