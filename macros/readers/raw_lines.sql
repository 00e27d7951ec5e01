{% macro raw_lines() -%}
    {{ return(adapter.dispatch('raw_lines')()) }}
{%- endmacro %}

{% macro duckdb__raw_lines() -%}
    {%- set files = raw_files_to_read() -%}
    {%- set plain = files | selectattr('copy', 'none') | list -%}
    {%- set copies = files | rejectattr('copy', 'none') | map(attribute='copy') | list -%}
    {%- if plain %}
    select
        filename as file_name,
        webrequest_source,
        line,
        cast(null as varchar) as unreadable_reason
    from
        read_csv(
            [
                {%- for file in plain %}
                {{ literal(file.pattern) }}{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            columns = {'line': 'varchar'},
            auto_detect = false,
            header = false,
            -- A line is one value: nothing quotes, escapes or separates in it (no file that comes
            -- here holds a carriage return), blank ones are null.
            delim = chr(13) || chr(10),
            quote = '',
            escape = '',
            nullstr = '',
            strict_mode = false,
            max_line_size = {{ (plain | map(attribute='longest_line') | max + 2) | int }},
            buffer_size = 33554432,
            filename = true,
            hive_partitioning = true,
            hive_types = {'webrequest_source': varchar}
        )
    {%- endif %}
    {{- ' union all ' if plain and copies }}
    {%- if copies %}
    select
        file_name,
        webrequest_source,
        nullif(line, '') as line,
        unreadable_reason
    from
        read_parquet(
            [
                {%- for copy in copies %}
                {{ literal(copy) }}{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            hive_partitioning = false
        )
    {%- endif %}
    {%- if not files %}{{ no_raw_lines() }}{% endif -%}
{%- endmacro %}

{% macro spark__raw_lines() -%}
    {%- set files = raw_files_to_read() -%}
    {%- set plain = files | selectattr('copy', 'none') | list -%}
    {%- set copies = files | rejectattr('copy', 'none') | map(attribute='copy') | list -%}
    {%- set relations = [] -%}
    {%- if plain and not copies -%}
        {%- do relations.append([raw_root(), '/webrequest_source=*/' ~ partition_path(run_hour()) ~ '/*.json*']) -%}
    {%- else -%}
        {#- Text files are given by one pattern each, so that those with a copy are not even opened. -#}
        {%- for file in plain %}{% do relations.append([file.file, '']) %}{% endfor -%}
    {%- endif -%}
    {%- for path, below in relations %}
    select
        {{ raw_file_name() }} as file_name,
        substring_index(substring_index(_metadata.file_path, 'webrequest_source=', -1), '/', 1) as webrequest_source,
        nullif(value, '') as line,
        cast(null as string) as unreadable_reason
    from {{ spark_files('text', path, {'lineSep': '\n', 'pathGlobFilter': '*.{json,jsonl,json.gz,jsonl.gz}'}, below) }}
    {{- ' union all ' if not loop.last or copies }}
    {%- endfor %}
    {%- for copy in copies %}
    select
        file_name,
        webrequest_source,
        nullif(line, '') as line,
        unreadable_reason
    from {{ spark_files('parquet', copy) }}
    {{- ' union all ' if not loop.last }}
    {%- endfor %}
    {%- if not files %}{{ no_raw_lines() }}{% endif -%}
{%- endmacro %}

{% macro raw_files_to_read() -%}
    {#- The raw files of the run's hour, each with how it is to be read: see wikilake/lake/raw_lines.py. -#}
    {%- set files = facts_of_raw_files('raw_files_to_read') -%}
    {%- if execute and not files %}{% do report_missing_raw_files() %}{% endif -%}
    {{ return(files) }}
{%- endmacro %}

{% macro raw_line_counts() -%}
    {#- The number of lines in each raw file of the run's hour, with its source. -#}
    {{ return(facts_of_raw_files('raw_line_counts') if flags.WHICH == 'build' else []) }}
{%- endmacro %}

{% macro facts_of_raw_files(function) -%}
    {#- What a function of wikilake/lake/raw_lines.py says of each raw file of the run's hour. -#}
    {%- set facts = [] -%}
    {%- if execute -%}
        {%- for text in run_query('select unnest(' ~ function ~ '(' ~ literal(variable('hour')) ~ '))').columns[0].values() -%}
            {%- do facts.append(fromjson(text)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(facts) }}
{%- endmacro %}

{% macro no_raw_lines() -%}
    {#- Lines of an hour without raw files: none. -#}
    select
        cast(null as string) as file_name,
        cast(null as string) as webrequest_source,
        cast(null as string) as line,
        cast(null as string) as unreadable_reason
    where false
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
