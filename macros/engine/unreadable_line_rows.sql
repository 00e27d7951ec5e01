{% macro unreadable_line_rows() -%}
    {{ return(adapter.dispatch('unreadable_line_rows')()) }}
{%- endmacro %}

{% macro duckdb__unreadable_line_rows() -%}
    select
        file as file_name,
        {{ regex_capture('file', 'webrequest_source=([^/]+)/') }} as webrequest_source,
        unnest(unreadable_lines(file), recursive := true)
    from ({{ raw_files() }})
{%- endmacro %}

{% macro spark__unreadable_line_rows() -%}
    {%- if execute and run_query(raw_files()) | length %}
    select
        {{ raw_file_name() }} as file_name,
        {{ regex_capture(raw_file_name(), 'webrequest_source=([^/]+)/') }} as webrequest_source,
        make_valid_utf8(substring(cast(value as binary), 1, 16777216)) as line,
        case when octet_length(value) > 16777216 then 'too_long' else 'not_utf8' end as reason
    from {{ raw_text() }}
    where not {{ is_readable_text() }}
    {%- else %}
    select
        cast(null as string) as file_name,
        cast(null as string) as webrequest_source,
        cast(null as string) as line,
        cast(null as string) as reason
    where false
    {%- endif %}
{%- endmacro %}
