{% macro run_hour() -%}
    {#- The run's hour as {year, month, day, hour} integers, read from the variable `hour`. -#}
    {%- set text = var('hour') | string -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}\\Z', text) -%}
        {{ exceptions.raise_compiler_error("The variable 'hour' is '" ~ shown(text) ~ "': write YYYY-MM-DDTHH, for example --vars 'hour: 2026-11-01T00'.") }}
    {%- endif -%}
    {%- set date = run_date(text[:10], 'hour') -%}
    {%- if text[11:] | int > 23 -%}
        {{ exceptions.raise_compiler_error("The variable 'hour' is '" ~ shown(text) ~ "': hours go from 00 to 23.") }}
    {%- endif -%}
    {{ return({'year': date.year, 'month': date.month, 'day': date.day, 'hour': text[11:] | int}) }}
{%- endmacro %}

{% macro hour_beside(hours) -%}
    {#- The hour that lies so many hours after the run's (-1: before), like run_hour(). -#}
    {%- set run = run_hour() -%}
    {%- set begins = modules.datetime.datetime(run.year, run.month, run.day, run.hour) -%}
    {%- set beside = begins + modules.datetime.timedelta(hours=hours) -%}
    {{ return({'year': beside.year, 'month': beside.month, 'day': beside.day, 'hour': beside.hour}) }}
{%- endmacro %}

{% macro run_day() -%}
    {#- The day of daily models as {year, month, day} integers: variable `day`, else the day of `hour`. -#}
    {%- set text = (var('hour') | string)[:10] if var('day') is none else var('day') -%}
    {%- set date = run_date(text | string, 'day') -%}
    {{ return({'year': date.year, 'month': date.month, 'day': date.day}) }}
{%- endmacro %}

{% macro run_date(text, name) -%}
    {#- A date from `YYYY-MM-DD`; an error that names the variable when it is none. -#}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}\\Z', text) -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ shown(var(name)) ~ "': it does not begin with a date YYYY-MM-DD.") }}
    {%- endif -%}
    {%- set year, month, day = text[:4] | int, text[5:7] | int, text[8:] | int -%}
    {%- set days = [31, 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {%- if year < 2 or year > 9998 or month not in range(1, 13) or day not in range(1, (days[month - 1] if month in range(1, 13) else 0) + 1) -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ shown(var(name)) ~ "': the calendar has no such day.") }}
    {%- endif -%}
    {{ return(modules.datetime.date(year, month, day)) }}
{%- endmacro %}
