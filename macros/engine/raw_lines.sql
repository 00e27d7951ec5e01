{% macro raw_lines() -%}
    {{ return(adapter.dispatch('raw_lines')()) }}
{%- endmacro %}

{% macro duckdb__raw_lines() -%}
    {%- set files = run_query(raw_files()).columns[0].values() if execute else [] -%}
    {%- if files %}
    select
        filename as file_name,
        webrequest_source,
        line
    from
        read_csv(
            [
                {%- for file in files %}
                '{{ file | replace("'", "''") }}'{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            columns = {'line': 'varchar'},
            auto_detect = false,
            header = false,
            -- A line is one value: nothing separates, quotes or escapes in it; blank ones are null.
            delim = chr(1),
            quote = '',
            escape = '',
            nullstr = '',
            strict_mode = false,
            -- What this skips is exactly what unreadable_lines() reports.
            ignore_errors = true,
            max_line_size = 16777216,
            filename = true,
            hive_partitioning = true,
            hive_types = {'webrequest_source': varchar}
        )
    {%- else %}
    select
        cast(null as varchar) as file_name,
        cast(null as varchar) as webrequest_source,
        cast(null as varchar) as line
    where false
    {%- endif %}
{%- endmacro %}
