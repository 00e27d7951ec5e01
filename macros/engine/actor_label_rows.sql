{% macro actor_label_rows() -%}
    {{ return(adapter.dispatch('actor_label_rows')()) }}
{%- endmacro %}

{% macro duckdb__actor_label_rows() -%}
    {%- set location = env_var('WIKILAKE_ACTOR_LABELS', '') %}
    {%- if location %}
    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason
    from
        read_json(
            '{{ absolute_path(location) }}',
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
    where {{ in_run_hour() }}
    {%- else %}
    select
        cast(null as varchar) as actor_signature_per_project_family,
        cast(null as boolean) as is_pageview,
        cast(null as varchar) as label,
        cast(null as varchar) as label_reason
    where false
    {%- endif %}
{%- endmacro %}
