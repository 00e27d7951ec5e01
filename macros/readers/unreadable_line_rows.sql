{% macro unreadable_line_rows() -%}
    {{ return(adapter.dispatch('unreadable_line_rows')()) }}
{%- endmacro %}

{% macro duckdb__unreadable_line_rows() -%}
    select
        file as file_name,
        {{ regex_capture('file', '(?s)^.*/webrequest_source=([^/]+)/') }} as webrequest_source,
        unnest(unreadable_lines(file), recursive := true)
    from ({{ raw_files() }})
{%- endmacro %}

{% macro spark__unreadable_line_rows() -%}
    {#- Spark's reader passes over nothing: raw_lines has them, and stg_webrequest__raw rejects them. -#}
    select
        cast(null as string) as file_name,
        cast(null as string) as webrequest_source,
        cast(null as string) as line,
        cast(null as string) as reason
    where false
{%- endmacro %}
