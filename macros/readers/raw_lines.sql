{% macro raw_lines() -%}
    {{ return(adapter.dispatch('raw_lines')()) }}
{%- endmacro %}

{% macro duckdb__raw_lines() -%}
    {%- set files = run_query(raw_files()).columns[0].values() if execute else [] -%}
    {#- In a pattern a backslash is a slash, and what follows `?` no ending that says gzip. -#}
    {%- for file in files if modules.re.search('[?\\\\]', file) -%}
        {{ exceptions.raise_compiler_error("The raw file " ~ shown(file) ~ " cannot be read: rename it, without `?` and backslash.") }}
    {%- endfor -%}
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
                {{ literal(glob_escaped(file)) }}{{ ',' if not loop.last }}
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

{% macro spark__raw_lines() -%}
    {%- set files = run_query(raw_files()).columns[0].values() if execute else [] -%}
    {%- if execute and not files %}{% do report_missing_raw_files() %}{% endif -%}
    {%- if files %}
    select
        {{ raw_file_name() }} as file_name,
        substring_index(substring_index(_metadata.file_path, 'webrequest_source=', -1), '/', 1) as webrequest_source,
        -- As DuckDB's reader cuts it; JSON has no byte 0x01. Blank lines are null.
        case
            when octet_length(value) <= 16777216
                and contains(cast(value as binary), X'01')
                and is_valid_utf8(substring_index(value, chr(1), 1))
                then nullif(substring_index(value, chr(1), 1), '')
            when value <> '' then value
        end as line
    from {{ spark_files(
        'text',
        raw_root(),
        {'lineSep': '\n'},
        '/webrequest_source=*/' ~ partition_path(run_hour()) ~ '/*.json*'
    ) }}
    {%- else %}
    select
        cast(null as string) as file_name,
        cast(null as string) as webrequest_source,
        cast(null as string) as line
    where false
    {%- endif %}
{%- endmacro %}

{% macro raw_file_name() -%}
    {#- The path of the file that Spark reads a line from, without scheme and encoding. -#}
    case
        when not contains(_metadata.file_path, '%') and _metadata.file_path like 'file:/%' and _metadata.file_path not like 'file://%'
            then substr(_metadata.file_path, 6)
        else url_decode(replace(regexp_replace(_metadata.file_path, '^file:/+', '/'), '+', '%2B'))
    end
{%- endmacro %}

{% macro spark_files(format, path, options={}, below='') -%}
    {#- Files as a table: a path as it is, and below it a pattern. -#}
    {{ format }}.`{{ (hadoop_escaped(path) ~ below) | replace('`', '``') }}`
    {%- if options %} with (
        {%- for name, value in options.items() %}'{{ name }}' = {{ literal(value) }}{{ ', ' if not loop.last }}{% endfor -%}
    ){% endif -%}
{%- endmacro %}

{% macro report_missing_raw_files() -%}
    {#- An hour without files is an empty hour, with a warning; a root without sources is an error. -#}
    {%- if run_query(files_query(glob_escaped(raw_root()) ~ '/webrequest_source=*/**')) | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            "WIKILAKE_RAW: there is no folder webrequest_source=… with anything in it under " ~ raw_root()
            ~ ". Name the root of the raw partitions, or write a sample there: wikilake sample"
        ) }}
    {%- endif -%}
    {%- do exceptions.warn(
        "No raw file for " ~ variable('hour') ~ " under " ~ raw_root() ~ "/webrequest_source=*/"
        ~ partition_path(run_hour()) ~ ": the hour is built empty."
    ) -%}
{%- endmacro %}
