{% macro hour_columns(relation='') -%}
    {#- The columns that say which hour a row is of, as a list for `select` and `group by`. -#}
    {%- for column in ['year', 'month', 'day', 'hour'] -%}
        {{ relation ~ '.' if relation }}{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro is_same_hour(one, other) -%}
    {#- Whether rows of two relations are of the same hour. -#}
    {{ one }}.year = {{ other }}.year
    and {{ one }}.month = {{ other }}.month
    and {{ one }}.day = {{ other }}.day
    and {{ one }}.hour = {{ other }}.hour
{%- endmacro %}

{% macro hour_columns_of(timestamp) -%}
    {#- The same columns of the hour in which a time lies, for `select`. -#}
    {%- for column in ['year', 'month', 'day', 'hour'] -%}
        cast({{ column }}({{ timestamp }}) as int) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro hour_start() -%}
    {#- The time at which the hour of a row begins. -#}
    make_timestamp({{ hour_columns() }}, 0, 0)
{%- endmacro %}

{% macro hour_text() -%}
    {#- The hour of a row as `YYYY-MM-DDTHH`. -#}
    printf('%04d-%02d-%02dT%02d', {{ hour_columns() }})
{%- endmacro %}

{% macro hour_path() -%}
    {#- The hour of a row as its partition's path, `year=2026/month=11/day=1/hour=0`. -#}
    printf('year=%d/month=%d/day=%d/hour=%d', {{ hour_columns() }})
{%- endmacro %}

{% macro periods_of(spans) -%}
    {#-
        Partitions that cover spans of hours and nothing else: {year, month, day} for a whole day,
        {year, month, day, hour} for an hour of another.
    -#}
    {%- set one_hour, one_day = modules.datetime.timedelta(hours=1), modules.datetime.timedelta(days=1) -%}
    {%- set periods = [] -%}
    {%- for span in spans -%}
        {%- for number in range((span.end.date() - span.first.date()).days + 1) -%}
            {%- set begin = midnight(span.first) + one_day * number -%}
            {%- set day = {'year': begin.year, 'month': begin.month, 'day': begin.day} -%}
            {%- if span.first <= begin and begin + one_day <= span.end -%}
                {%- do periods.append(day) -%}
            {%- else -%}
                {%- for hour in range(24) if span.first <= begin + one_hour * hour < span.end -%}
                    {%- do periods.append(dict(day, hour=hour)) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(periods) }}
{%- endmacro %}

{% macro is_in_periods(periods) -%}
    {#- The predicate that keeps the rows of these partitions; engines skip every other partition. -#}
    {#- Without brackets for none: Spark reads `where (false)` as a name and its columns. -#}
    {%- if not periods -%}{{ return('false') }}{%- endif -%}
    (
        {%- for values in periods %}({{ partition_predicate(values) }}){{ ' or ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}

{% macro in_run_hours() -%}
    {#- The predicate that keeps the rows of the run's hours. -#}
    {{ is_in_periods(periods_of([run_window()])) }}
{%- endmacro %}

{% macro in_made_hours() -%}
    {#- The same without the hours that the gate holds back from the model that asks. -#}
    {{ is_in_periods(periods_of(spans_of(model))) }}
{%- endmacro %}

{% macro in_run_days() -%}
    {#- The predicate that keeps the rows of the days of run_days(). -#}
    {{ is_in_periods(run_days()) }}
{%- endmacro %}

{% macro date_of_period(day='day') -%}
    {#- The date of a row by its partition columns; of the month's first day with `1`. -#}
    try_cast({{ padded('year', 4) }} || '-' || {{ padded('month') }} || '-' || {{ padded(day) }} as date)
{%- endmacro %}

{% macro hours_of_run() -%}
    {#- The query for the hours that a model makes, one row each, whether there are requests or not. -#}
    {%- set partitions = [] -%}
    {%- for span in spans_of(model) -%}
        {%- for number in range(((span.end - span.first).total_seconds() // 3600) | int) -%}
            {%- do partitions.append(span.first + modules.datetime.timedelta(hours=number)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for hour in partitions %}
    select {{ hour.year }} as year, {{ hour.month }} as month, {{ hour.day }} as day, {{ hour.hour }} as hour
    {{ 'union all' if not loop.last }}
    {%- else %}
    select 0 as year, 0 as month, 0 as day, 0 as hour where false
    {%- endfor -%}
{%- endmacro %}

{% macro padded_days(days) -%}
    {#- Days as partitions of tables whose columns are texts: `month=09`. -#}
    {%- set padded = [] -%}
    {%- for day in days -%}
        {%- do padded.append({'year': '%04d' % day.year, 'month': '%02d' % day.month, 'day': '%02d' % day.day}) -%}
    {%- endfor -%}
    {{ return(padded) }}
{%- endmacro %}
