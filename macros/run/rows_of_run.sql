{% macro rows_of_run_hours(relation, hidden_columns=false) -%}
    {#-
        The rows of a lake table in the run's hours; where the table or who reads it lies behind the
        gate, without the hours that are held back.
    -#}
    {%- set gated = model if is_behind_gate(model) or relation.is_cte or not execute else model_of(relation) -%}
    {{ rows_of_partitions(relation, periods_of(spans_of(gated)), hidden_columns, flags.WHICH == 'build') }}
{%- endmacro %}

{% macro rows_of_actor_windows(relation) -%}
    {#-
        The rows of a lake table in the run's hours and the 23 hours before the first of them, as far
        as the lake has them; a warning says how many it has not.
    -#}
    {%- set window = run_window() -%}
    {%- set before = {'first': window.first - modules.datetime.timedelta(hours=23), 'end': window.first} -%}
    {%- if execute and not relation.is_cte -%}
        {%- set missing = hours_without_partition(relation, before) -%}
        {%- if missing -%}
            {%- do exceptions.warn(
                'Of the 23 hours before ' ~ window.first.strftime('%Y-%m-%dT%H') ~ ' the lake lacks ' ~ missing | length ~ ' in '
                ~ relation.schema ~ '.' ~ relation.identifier ~ ': until 24 hours are there, actors are automated only by rules that no '
                ~ 'further hour can undo. To judge them by a whole day, build from ' ~ missing[0].strftime('%Y-%m-%dT%H')
                ~ ' on, then these hours again.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {{ rows_of_partitions(relation, periods_of([{'first': before.first, 'end': window.end}])) }}
{%- endmacro %}

{% macro hours_without_partition(relation, span) -%}
    {#- The hours of a span, as datetimes in their order, of which the lake has no partition of a table. -#}
    {%- set held = held_hours(relation, span) -%}
    {%- set missing = [] -%}
    {%- for number in range((span.end - span.first).total_seconds() | int // 3600) -%}
        {%- set hour = span.first + modules.datetime.timedelta(hours=number) -%}
        {%- if hour not in held %}{% do missing.append(hour) %}{% endif -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro %}

{% macro held_hours(relation, span) -%}
    {#- The hours of a span, as datetimes in their order, of which the lake has a partition of a table. -#}
    {%- set asked = literals([relation.schema ~ '/' ~ relation.identifier, span.first, span.end]) -%}
    {%- set hours = [] -%}
    {%- for hour in run_query('select unnest(held_hours(' ~ asked ~ '))').columns[0].values() -%}
        {%- do hours.append(modules.datetime.datetime.fromisoformat(hour)) -%}
    {%- endfor -%}
    {{ return(hours) }}
{%- endmacro %}

{% macro rows_of_label_hours(relation) -%}
    {#-
        The rows of a lake table in the hours whose labels count for the run's; an error where the
        run is to settle hours whose later labels are not made yet.
    -#}
    {%- set span = label_span() -%}
    {%- if execute and not relation.is_cte and variable('settled') -%}
        {%- set missing = hours_without_partition(relation, span) -%}
        {%- if missing and missing[-1] + modules.datetime.timedelta(hours=1) == span.end -%}
            {{ exceptions.raise_compiler_error(
                'Hours are settled by the labels of the 23 hours after them, and ' ~ missing[-1].strftime('%Y-%m-%dT%H')
                ~ ' is not built: settle up to an earlier hour, or build that one first.'
            ) }}
        {%- elif missing -%}
            {%- set named = [] -%}
            {%- for hour in missing[:5] %}{% do named.append(hour.strftime('%Y-%m-%dT%H')) %}{% endfor -%}
            {%- do exceptions.warn('Settled by fewer labels than there are hours: the lake has none of ' ~ named | join(', ') ~ (' and more.' if missing | length > 5 else '.')) -%}
        {%- endif -%}
    {%- endif -%}
    {{ rows_of_partitions(relation, periods_of([span])) }}
{%- endmacro %}

{% macro label_span() -%}
    {#- The hours whose labels count for the run's: those alone, or with the 23 after them to settle. -#}
    {%- set window = run_window() -%}
    {%- set later = modules.datetime.timedelta(hours=23 if variable('settled') else 0) -%}
    {{ return({'first': window.first, 'end': window.end + later}) }}
{%- endmacro %}

{% macro has_whole_window(relation) -%}
    {#- The predicate that keeps the rows of those hours of label_span() which have, with the 23 before them, all partitions of a table. -#}
    {%- set one_hour = modules.datetime.timedelta(hours=1) -%}
    {%- set window = label_span() -%}
    {%- if relation.is_cte or not execute -%}{{ return('true') }}{%- endif -%}
    {%- set missing = hours_without_partition(relation, {'first': window.first - one_hour * 23, 'end': window.end}) -%}
    {%- if not missing -%}{{ return('true') }}{%- endif -%}
    {%- set spans = [] -%}
    {%- set begin = [window.first] -%}
    {%- for hour in missing + [window.end] -%}
        {%- if begin[-1] < hour -%}{%- do spans.append({'first': begin[-1], 'end': hour}) -%}{%- endif -%}
        {%- do begin.append([window.first, hour + one_hour * 24] | max) -%}
    {%- endfor -%}
    {{ return(is_in_periods(periods_of(spans))) }}
{%- endmacro %}

{% macro rows_before_run_hours(relation) -%}
    {#- The rows of a lake table in the hour before each hour of the run. -#}
    {{ rows_of_partitions(relation, periods_of([span_beside(-1)])) }}
{%- endmacro %}

{% macro rows_after_run_hours(relation) -%}
    {#-
        The rows of a lake table in the hour after each hour of the run, where an earlier run had made
        that hour of this model: so a window finds what its hours would find one by one.
    -#}
    {%- set span = span_beside(1) -%}
    {%- set spans = [] -%}
    {%- if execute and not relation.is_cte -%}
        {%- for first in held_hours(this, span) -%}
            {%- do spans.append({'first': first, 'end': first + modules.datetime.timedelta(hours=1)}) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do spans.append(span) -%}
    {%- endif -%}
    {{ rows_of_partitions(relation, periods_of(spans)) }}
{%- endmacro %}

{% macro span_beside(hours) -%}
    {#- The run's window, so many hours later (-1: earlier). -#}
    {%- set window = run_window() -%}
    {%- set shift = modules.datetime.timedelta(hours=hours) -%}
    {{ return({'first': window.first + shift, 'end': window.end + shift}) }}
{%- endmacro %}

{% macro rows_of_run_days(relation) -%}
    {#- The rows of a lake table in the days that daily models make, all their hours. -#}
    {{ rows_of_partitions(relation, run_days()) }}
{%- endmacro %}

{% macro rows_of_run_dates(relation) -%}
    {#- The same of a table with a date as its partition column. -#}
    {%- set dates = [] -%}
    {%- for day in run_days() -%}
        {%- do dates.append({'day': '%04d-%02d-%02d' % (day.year, day.month, day.day)}) -%}
    {%- endfor -%}
    {{ rows_of_partitions(relation, dates) }}
{%- endmacro %}

{% macro rows_of_run_snapshot(relation) -%}
    {#- The rows of a lake table in the run's snapshot. -#}
    {{ rows_of_partitions(relation, [{'snapshot': run_snapshot()}]) }}
{%- endmacro %}

{% macro rows_of_partitions(relation, partitions, hidden_columns=false, is_built=false) -%}
    {{ return(adapter.dispatch('rows_of_partitions')(relation, partitions, hidden_columns, is_built)) }}
{%- endmacro %}

{% macro default__rows_of_partitions(relation, partitions, hidden_columns, is_built) -%}
    (
        select * from {{ with_hidden_columns(relation) if hidden_columns and not relation.is_cte else relation }}
        where {{ is_in_periods(partitions) }}
    )
{%- endmacro %}

{% macro duckdb__rows_of_partitions(relation, partitions, hidden_columns, is_built) -%}
    {#-
        Reads the files of the partitions themselves: through the view DuckDB would list those of
        the whole table first. Fixtures of unit tests are not files.
    -#}
    {%- set asked = [] -%}
    {%- if execute and not relation.is_cte -%}
        {%- set table = model_of(relation) -%}
        {%- for values in partitions -%}
            {%- do asked.append(partition_files(table.schema, table.alias, table.config.partition_by, values)) -%}
        {%- endfor -%}
    {%- endif -%}
    {#- A build has made the hour that it reads; else a partition may not exist. -#}
    {%- set is_known = is_built and partitions | length == 1 and 'hour' in partitions[0] -%}
    {%- set files = asked if is_known else patterns_with_files(asked) -%}
    {%- if files -%}
        {%- set hidden = [] if hidden_columns else table.config.get('hidden_columns', []) -%}
        (
            select *{% if hidden %} exclude ({{ hidden | join(', ') }}){% endif %}
            from {{ files_as_rows(files, table) }}
        )
    {%- elif table is defined and is_missing_to_a_test(table) -%}
        {{ no_rows_of(table) }}
    {%- else -%}
        {{ default__rows_of_partitions(relation, partitions, hidden_columns, is_built) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__rows_of_partitions(relation, partitions, hidden_columns, is_built) -%}
    {%- if execute and not relation.is_cte and is_missing_to_a_test(model_of(relation)) -%}
        {{ no_rows_of(model_of(relation)) }}
    {%- else -%}
        {{ default__rows_of_partitions(relation, partitions, hidden_columns, is_built) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_missing_to_a_test(table) -%}
    {#- Whether a test reads a table that a lake may do without, and this one does. -#}
    {{ return(model.resource_type == 'test' and table.config.meta.may_be_missing and not is_there(table)) }}
{%- endmacro %}

{% macro no_rows_of(table) -%}
    {#- The columns of a table's contract without a row. -#}
    (select * from ({{ get_empty_schema_sql(table.columns) }}) as nothing where false)
{%- endmacro %}

{% macro patterns_with_files(patterns) -%}
    {#- Those of a list of patterns that match a file on DuckDB, by one question for all of them. -#}
    {%- if not patterns %}{{ return([]) }}{% endif -%}
    {%- set found = [] -%}
    {%- set asked -%}
        {%- for pattern in patterns %}
        select {{ loop.index0 }} as place where exists (select file from glob({{ literal(pattern) }}))
        {{ 'union all' if not loop.last }}
        {%- endfor %}
        order by place
    {%- endset -%}
    {%- for place in run_query(asked).columns[0].values() %}{% do found.append(patterns[place | int]) %}{% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro rows_of_run_months(relation) -%}
    {#- The rows of a lake table in the months that monthly models make, all their days. -#}
    {{ rows_of_partitions(relation, days_of_months(run_months())) }}
{%- endmacro %}

{% macro days_of_months(months) -%}
    {#- The days of months as {year, month, day}. -#}
    {%- set days = [] -%}
    {%- for month in months -%}
        {%- set first = modules.datetime.date(month.year, month.month, 1) -%}
        {%- for number in range(31) -%}
            {%- set date = first + modules.datetime.timedelta(days=number) -%}
            {%- if date.month == month.month %}{% do days.append({'year': date.year, 'month': date.month, 'day': date.day}) %}{% endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}
