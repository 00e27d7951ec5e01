{% macro run_window() -%}
    {#-
        The run's hours as a span {first, end} of datetimes, without the hour `end`: those of the
        variables `from` and `to`, else the one of `hour`.
    -#}
    {%- if var('from') is none and var('to') is none -%}
        {%- set first = hour_of('hour') -%}
        {{ return({'first': first, 'end': first + modules.datetime.timedelta(hours=1)}) }}
    {%- endif -%}
    {%- if var('from') is none or var('to') is none -%}
        {{ exceptions.raise_compiler_error("A window needs both variables: `from`, its first hour, and `to`, the hour after its last one. One hour alone is `hour`.") }}
    {%- endif -%}
    {%- if 'hour' in (invocation_args_dict.get('vars') or {}) -%}
        {{ exceptions.raise_compiler_error("The variables say both `hour` and `from`: give `hour` for one hour, or `from` and `to` for a window of hours.") }}
    {%- endif -%}
    {%- set window = {'first': hour_of('from'), 'end': hour_of('to')} -%}
    {%- if window.first >= window.end -%}
        {{ exceptions.raise_compiler_error("The variable 'to' is '" ~ shown(var('to')) ~ "', not after `from`: it is the hour after the last one of the window.") }}
    {%- endif -%}
    {%- if (window.end - window.first).days > 31 -%}
        {{ exceptions.raise_compiler_error("The variables 'from' and 'to' are more than 31 days apart, which is the longest window: wikilake build --from … --to … cuts longer times into windows.") }}
    {%- endif -%}
    {{ return(window) }}
{%- endmacro %}

{% macro hour_of(name) -%}
    {#- The datetime of a variable that is an hour `YYYY-MM-DDTHH`. -#}
    {%- set text = var(name) | string -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}\\Z', text) -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ shown(text) ~ "': write YYYY-MM-DDTHH, for example --vars '" ~ name ~ ": 2026-11-01T00'.") }}
    {%- endif -%}
    {%- set date = run_date(text[:10], name) -%}
    {%- if text[11:] | int > 23 -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ shown(text) ~ "': hours go from 00 to 23.") }}
    {%- endif -%}
    {{ return(modules.datetime.datetime(date.year, date.month, date.day, text[11:] | int)) }}
{%- endmacro %}

{% macro named_period() -%}
    {#- The span of the variable `day` or `month`; none when neither is given. -#}
    {%- if var('day') is none and var('month') is none -%}{{ return(none) }}{%- endif -%}
    {%- if var('day') is not none and var('month') is not none -%}
        {{ exceptions.raise_compiler_error("The variables say both `day` and `month`: give one of them.") }}
    {%- endif -%}
    {%- if var('day') is not none -%}
        {%- set first = run_date(var('day') | string, 'day') -%}
        {%- set next = first + modules.datetime.timedelta(days=1) -%}
    {%- else -%}
        {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])\\Z', var('month') | string) -%}
            {{ exceptions.raise_compiler_error("The variable 'month' is '" ~ shown(var('month')) ~ "': write YYYY-MM, for example --vars 'month: 2026-11'.") }}
        {%- endif -%}
        {%- set first = run_date(var('month') ~ '-01', 'month') -%}
        {%- set next = (first + modules.datetime.timedelta(days=31)).replace(day=1) -%}
    {%- endif -%}
    {{ return({'first': midnight(first), 'end': midnight(next)}) }}
{%- endmacro %}

{% macro midnight(date) -%}
    {#- The datetime at which a date begins. -#}
    {{ return(modules.datetime.datetime(date.year, date.month, date.day)) }}
{%- endmacro %}

{% macro run_days() -%}
    {#-
        The days that daily models make, as {year, month, day}: the variable `day`, else all of the
        variable `month`, else those whose last hour lies in the window.
    -#}
    {%- set span = named_period() or run_window() -%}
    {%- set days = [] -%}
    {%- for number in range((span.end.date() - span.first.date()).days) -%}
        {%- set day = span.first.date() + modules.datetime.timedelta(days=number) -%}
        {%- do days.append({'year': day.year, 'month': day.month, 'day': day.day}) -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}

{% macro run_months() -%}
    {#-
        The months that monthly models make, as {year, month}: the variable `month`, else, where no
        `day` is named, those whose last hour lies in the window.
    -#}
    {%- set months = [] -%}
    {%- for day in run_days() if var('day') is none -%}
        {%- set next = modules.datetime.date(day.year, day.month, day.day) + modules.datetime.timedelta(days=1) -%}
        {%- if next.day == 1 -%}{%- do months.append({'year': day.year, 'month': day.month}) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(months) }}
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
