{% macro rows_of_run_hour(relation, hidden_columns=false) -%}
    {#- The rows of a lake table in the run's hour. -#}
    {{ rows_of_partitions(relation, [run_hour()], hidden_columns) }}
{%- endmacro %}

{% macro rows_around_run_hour(relation) -%}
    {#- The rows of a lake table in the run's hour and in the two adjacent hours. -#}
    {{ rows_of_partitions(relation, [hour_beside(-1), run_hour(), hour_beside(1)]) }}
{%- endmacro %}

{% macro rows_of_run_day(relation) -%}
    {#- The rows of a lake table in the run's day, all its hours. -#}
    {{ rows_of_partitions(relation, [run_day()]) }}
{%- endmacro %}

{% macro rows_of_run_snapshot(relation) -%}
    {#- The rows of a lake table in the run's snapshot. -#}
    {{ rows_of_partitions(relation, [{'snapshot': run_snapshot()}]) }}
{%- endmacro %}

{% macro rows_of_partitions(relation, partitions, hidden_columns=false) -%}
    {{ return(adapter.dispatch('rows_of_partitions')(relation, partitions, hidden_columns)) }}
{%- endmacro %}

{% macro default__rows_of_partitions(relation, partitions, hidden_columns) -%}
    (
        select * from {{ with_hidden_columns(relation) if hidden_columns and not relation.is_cte else relation }}
        where {% for values in partitions %}({{ partition_predicate(values) }}){{ ' or ' if not loop.last }}{% endfor %}
    )
{%- endmacro %}

{% macro duckdb__rows_of_partitions(relation, partitions, hidden_columns) -%}
    {#-
        Reads the files of the partitions themselves: through the view DuckDB would list those of
        the whole table first. Fixtures of unit tests are not files.
    -#}
    {%- set files = [] -%}
    {%- if execute and not relation.is_cte -%}
        {%- set table = model_of(relation) -%}
        {%- for values in partitions -%}
            {%- set pattern = partition_files(table.schema, table.name, table.config.partition_by, values) -%}
            {#- A build has made what it reads; else the partition may not exist. -#}
            {%- if (flags.WHICH == 'build' and partitions | length == 1) or run_query(files_query(pattern)) | length -%}
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
        {{ default__rows_of_partitions(relation, partitions, hidden_columns) }}
    {%- endif -%}
{%- endmacro %}
