{% macro raw_lines() -%}
    {{ return(adapter.dispatch('raw_lines')()) }}
{%- endmacro %}

{% macro duckdb__raw_lines() -%}
    {%- set files = run_query(raw_files()).columns[0].values() if execute else [] -%}
    {%- if execute and not files %}{% do report_missing_raw_files() %}{% endif -%}
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
            -- A line is one value: nothing quotes or escapes in it, blank ones are null. JSON has no
            -- byte 0x01, so what is cut off there could not be read anyway.
            delim = chr(1),
            quote = '',
            escape = '',
            nullstr = '',
            strict_mode = false,
            -- What this skips is exactly what unreadable_lines() reports.
            ignore_errors = true,
            max_line_size = 16777216,
            buffer_size = 33554432,
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

{% macro report_missing_raw_files() -%}
    {#- An hour without files is an empty hour, with a warning; a root without sources is an error. -#}
    {%- if run_query("select file from glob('" ~ raw_root() ~ "/webrequest_source=*/**') limit 1").columns[0].values() | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            "WIKILAKE_RAW: there is no folder webrequest_source=… with anything in it under " ~ raw_root()
            ~ ". Name the root of the raw partitions, or write a sample there: wikilake sample"
        ) }}
    {%- endif -%}
    {%- do exceptions.warn(
        "No raw file for " ~ var('hour') ~ " under " ~ raw_root() ~ "/webrequest_source=*/"
        ~ partition_path(run_hour()) ~ ": the hour is built empty."
    ) -%}
{%- endmacro %}
