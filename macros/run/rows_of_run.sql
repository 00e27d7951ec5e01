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
    {%- set first = window.first - modules.datetime.timedelta(hours=23) -%}
    {%- if execute and not relation.is_cte -%}
        {%- set table = model_of(relation) -%}
        {%- set missing = [] -%}
        {%- for number in range(23) -%}
            {%- set hour = first + modules.datetime.timedelta(hours=number) -%}
            {%- set values = {'year': hour.year, 'month': hour.month, 'day': hour.day, 'hour': hour.hour} -%}
            {%- if not run_query(files_query(partition_files(table.schema, table.name, table.config.partition_by, values))) | length -%}
                {%- do missing.append(hour) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if missing -%}
            {%- do exceptions.warn(
                'Of the 23 hours before ' ~ window.first.strftime('%Y-%m-%dT%H') ~ ' the lake lacks ' ~ missing | length ~ ' in '
                ~ table.schema ~ '.' ~ table.name ~ ': actors are judged by the hours that are there. Build the missing ones first, '
                ~ 'from ' ~ missing[0].strftime('%Y-%m-%dT%H') ~ ', then these again, to judge them by a whole day.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {{ rows_of_partitions(relation, periods_of([{'first': first, 'end': window.end}])) }}
{%- endmacro %}

{% macro rows_beside_run_hours(relation, hours) -%}
    {#- The rows of a lake table that are so many hours later (-1: earlier) than an hour of the run. -#}
    {%- set window = run_window() -%}
    {%- set shift = modules.datetime.timedelta(hours=hours) -%}
    {{ rows_of_partitions(relation, periods_of([{'first': window.first + shift, 'end': window.end + shift}])) }}
{%- endmacro %}

{% macro rows_of_run_days(relation) -%}
    {#- The rows of a lake table in the days that daily models make, all their hours. -#}
    {{ rows_of_partitions(relation, run_days()) }}
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
    {%- set files = [] -%}
    {%- if execute and not relation.is_cte -%}
        {%- set table = model_of(relation) -%}
        {%- for values in partitions -%}
            {%- set pattern = partition_files(table.schema, table.name, table.config.partition_by, values) -%}
            {#- A build has made the hour that it reads; else the partition may not exist. -#}
            {%- if (is_built and partitions | length == 1 and 'hour' in values) or run_query(files_query(pattern)) | length -%}
                {%- do files.append(pattern) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if files -%}
        {%- set hidden = [] if hidden_columns else table.config.get('hidden_columns', []) -%}
        (
            select *{% if hidden %} exclude ({{ hidden | join(', ') }}){% endif %}
            from {{ files_as_rows(files, table.config.partition_by) }}
        )
    {%- else -%}
        {{ default__rows_of_partitions(relation, [] if execute and not relation.is_cte else partitions, hidden_columns, is_built) }}
    {%- endif -%}
{%- endmacro %}
