{% macro allowlist_rows() -%}
    {{ return(adapter.dispatch('allowlist_rows')()) }}
{%- endmacro %}

{% macro duckdb__allowlist_rows() -%}
    {%- set location = env_var('WIKILAKE_ALLOWLIST', '') %}
    {%- if location %}
    select
        field_name,
        authorized_value
    from
        read_csv(
            {{ literal(glob_escaped(absolute_path(location))) }},
            delim = chr(9),
            quote = '',
            header = false,
            columns = {
                'field_name': 'varchar', 'authorized_value': 'varchar', 'insertion_time': 'varchar'
            }
        )
    {%- else %}
    select
        field_name,
        authorized_value
    from {{ ref('pageview_allowlist') }}
    {%- endif %}
{%- endmacro %}

{% macro spark__allowlist_rows() -%}
    {%- set location = env_var('WIKILAKE_ALLOWLIST', '') %}
    {%- if location %}
    select
        split_part(value, chr(9), 1) as field_name,
        split_part(value, chr(9), 2) as authorized_value
    from {{ spark_files('text', absolute_path(location)) }}
    where value <> ''
    {%- else %}
    select
        field_name,
        authorized_value
    from {{ ref('pageview_allowlist') }}
    {%- endif %}
{%- endmacro %}
