{% macro actor_label_rows() -%}
    {{ return(adapter.dispatch('actor_label_rows')()) }}
{%- endmacro %}

{% macro duckdb__actor_label_rows() -%}
    {%- set location = env_var('WIKILAKE_ACTOR_LABELS', '') if actor_labels() == 'file' else '' %}
    {%- if location %}
    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        {{ hour_columns() }}
    from
        read_json(
            {{ literal(glob_escaped(absolute_path(location))) }},
            format = 'newline_delimited',
            columns = {
                'actor_signature_per_project_family': 'varchar',
                'is_pageview': 'boolean',
                'label': 'varchar',
                'label_reason': 'varchar',
                'year': 'integer',
                'month': 'integer',
                'day': 'integer',
                'hour': 'integer'
            }
        )
    where {{ in_run_hours() }}
    {%- else %}
    select
        cast(null as varchar) as actor_signature_per_project_family,
        cast(null as boolean) as is_pageview,
        cast(null as varchar) as label,
        cast(null as varchar) as label_reason,
        {%- for column in ['year', 'month', 'day', 'hour'] %}
        cast(null as int) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
    {%- endif %}
{%- endmacro %}

{% macro spark__actor_label_rows() -%}
    {%- set location = env_var('WIKILAKE_ACTOR_LABELS', '') if actor_labels() == 'file' else '' %}
    {%- set fields = 'actor_signature_per_project_family string, is_pageview boolean, label string, label_reason string, year int, month int, day int, hour int' %}
    {%- if location %}
    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        {{ hour_columns() }}
    from {{ spark_files('text', absolute_path(location)) }}
    lateral view inline(array(from_json(value, {{ literal(fields) }}, map('mode', 'FAILFAST')))) labels
    where {{ in_run_hours() }}
    {%- else %}
    select
        cast(null as string) as actor_signature_per_project_family,
        cast(null as boolean) as is_pageview,
        cast(null as string) as label,
        cast(null as string) as label_reason,
        {%- for column in ['year', 'month', 'day', 'hour'] %}
        cast(null as int) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
    {%- endif %}
{%- endmacro %}
