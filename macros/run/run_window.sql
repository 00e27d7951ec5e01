{% macro run_window() -%}
    {#-
        The run's hours as a span {first, end} of datetimes, without the hour `end`: those of the
        variables `from` and `to`, else the one of `hour`.
    -#}
    {%- if var('from') is none and var('to') is none -%}
        {%- set first = hour_of('hour') -%}
        {{ return({'first': first, 'end': first + modules.datetime.timedelta(hours=1)}) }}
    {%- endif -%}
    {%- for name, other in [('from', 'to'), ('to', 'from')] if var(name) is not none -%}
        {%- do hour_of(name) -%}
        {%- set fault = "The variable '" ~ name ~ "' is '" ~ shown(var(name)) ~ "', but " -%}
        {%- if 'hour' in (invocation_args_dict.get('vars') or {}) and var('hour') is not none -%}
            {{ exceptions.raise_compiler_error(fault ~ "`hour` is given, too: give `hour` for one hour, or `from` and `to` for a window of hours.") }}
        {%- elif var(other) is none -%}
            {{ exceptions.raise_compiler_error(fault ~ "`" ~ other ~ "` is not given: a window needs `from`, its first hour, and `to`, the hour after its last one.") }}
        {%- endif -%}
    {%- endfor -%}
    {%- set window = {'first': hour_of('from'), 'end': hour_of('to')} -%}
    {%- if window.first >= window.end -%}
        {{ exceptions.raise_compiler_error("The variable 'to' is '" ~ shown(var('to')) ~ "', not after `from`: it is the hour after the last one of the window.") }}
    {%- endif -%}
    {%- if window.end - window.first > modules.datetime.timedelta(days=31) -%}
        {{ exceptions.raise_compiler_error("The variable 'to' is '" ~ shown(var('to')) ~ "', more than 31 days after `from`, and no window is longer: wikilake build --from … --to … cuts longer times into windows.") }}
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
        {{ exceptions.raise_compiler_error("The variable 'month' is '" ~ shown(var('month')) ~ "', but `day` is given, too: give one of them.") }}
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
        variable `month`, else those that the run's hours belong to, as far as they are built; behind
        the gate those of hours that it does not hold back. A model that is `made_when_complete` is
        made for days of which the last hour is published, by this run or an earlier one.
    -#}
    {%- set days = [] -%}
    {%- set spans = spans_of(model) if named_period() is none else [named_period()] -%}
    {%- for span in spans -%}
        {%- set last = span.end - modules.datetime.timedelta(hours=1) -%}
        {%- for number in range((last.date() - span.first.date()).days + 1) -%}
            {%- set date = span.first.date() + modules.datetime.timedelta(days=number) -%}
            {%- set day = {'year': date.year, 'month': date.month, 'day': date.day} -%}
            {%- if day not in days and (named_period() is not none or not model.config.get('made_when_complete') or is_complete(day, spans)) -%}
                {%- do days.append(day) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}

{% macro is_complete(day, spans) -%}
    {#- Whether the last hour of a day lies in one of the spans or is published already. -#}
    {%- set last = dict(day, hour=23) -%}
    {%- set hour = modules.datetime.datetime(day.year, day.month, day.day, 23) -%}
    {%- for span in spans if span.first <= hour < span.end -%}{{ return(true) }}{%- endfor -%}
    {%- if not execute -%}{{ return(true) }}{%- endif -%}
    {%- set actors = graph.nodes['model.wikilake.pageview_actor'] -%}
    {{ return(run_query(files_query(partition_files(actors.schema, actors.name, actors.config.partition_by, last))) | length > 0) }}
{%- endmacro %}

{% macro run_months() -%}
    {#-
        The months that monthly models make, as {year, month}: the variable `month`, none for a `day`,
        else those that the run's hours belong to, as far as they are built, or when they are complete.
    -#}
    {%- set months = [] -%}
    {%- for day in run_days() if var('day') is none -%}
        {%- set month = {'year': day.year, 'month': day.month} -%}
        {%- if month not in months %}{% do months.append(month) %}{% endif -%}
    {%- endfor -%}
    {%- set made = [] -%}
    {%- for month in months -%}
        {%- set next = modules.datetime.date(month.year, month.month, 28) + modules.datetime.timedelta(days=4) -%}
        {%- set last = next - modules.datetime.timedelta(days=next.day) -%}
        {%- set day = {'year': last.year, 'month': last.month, 'day': last.day} -%}
        {%- if not model.config.get('made_when_complete') or named_period() is not none or is_complete(day, spans_of(model)) -%}
            {%- do made.append(month) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(made) }}
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
