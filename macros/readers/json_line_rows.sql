{% macro json_line_rows(location, fields) -%}
    {{ return(adapter.dispatch('json_line_rows')(location, fields)) }}
{%- endmacro %}

{% macro duckdb__json_line_rows(location, fields) -%}
    select *
    from
        read_json(
            {{ literal(glob_escaped(absolute_path(location))) }},
            format = 'newline_delimited',
            columns = {
                {%- for name, type in fields.items() %}
                '{{ name }}': '{{ type }}'{{ ',' if not loop.last }}
                {%- endfor %}
            }
        )
{%- endmacro %}

{% macro spark__json_line_rows(location, fields) -%}
    {%- set types = [] -%}
    {%- for name, type in fields.items() %}{% do types.append(name ~ ' ' ~ spark_type(type)) %}{% endfor -%}
    select {{ fields | join(', ') }}
    from {{ spark_files('text', absolute_path(location)) }}
    lateral view inline(array(from_json(value, {{ literal(types | join(', ')) }}, map('mode', 'FAILFAST')))) read
{%- endmacro %}

{% macro no_rows(fields) -%}
    {#- A query without rows, with these columns: what a setting that names no file reads. -#}
    select
        {%- for name, type in fields.items() %}
        cast(null as {{ engine_type(type) }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endmacro %}

{% macro rows_of_setting(location, fields) -%}
    {#- The JSON lines of the file that a setting names, as rows; no row where it names none. -#}
    {{ json_line_rows(location, fields) if location else no_rows(fields) }}
{%- endmacro %}

{% macro rows_of_setting_or_seed(location, fields, seed) -%}
    {#- The JSON lines of the file that a setting names, as rows; those of a seed without it. -#}
    {%- if location -%}
        {{ json_line_rows(location, fields) }}
    {%- else -%}
        select {{ fields | join(', ') }} from {{ seed }}
    {%- endif -%}
{%- endmacro %}

{% macro engine_type(type) -%}
    {{ return(adapter.dispatch('engine_type')(type)) }}
{%- endmacro %}

{% macro duckdb__engine_type(type) -%}
    {{ type }}
{%- endmacro %}

{% macro spark__engine_type(type) -%}
    {{ spark_type(type) }}
{%- endmacro %}
