{% macro raw_lines() -%}
    {#- The lines of the run's hours of requests. -#}
    {{ lines_of_files(raw_files_to_read(), 'webrequest_source', raw_root(), 'webrequest_source=*') }}
{%- endmacro %}

{% macro event_lines(stream) -%}
    {#- The lines of the run's hours of a stream of events, with their topic. -#}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- set window = run_window() -%}
        {%- set asked = literals([stream.table, tojson(stream.topics), window.first, window.end]) -%}
        {%- for text in run_query('select unnest(event_files_to_read(' ~ asked ~ '))').columns[0].values() -%}
            {%- do files.append(fromjson(text)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ lines_of_files(files, 'topic', events_root(), '{' ~ (stream.topics or []) | join(',') ~ '}') }}
{%- endmacro %}

{% macro lines_of_files(files, source, root, sources) -%}
    {{ return(adapter.dispatch('lines_of_files')(files, source, root, sources)) }}
{%- endmacro %}

{% macro duckdb__lines_of_files(files, source, root, sources) -%}
    {%- set plain = files | selectattr('copy', 'none') | list -%}
    {%- set copies = files | rejectattr('copy', 'none') | map(attribute='copy') | list -%}
    {%- if plain %}
    select
        filename as file_name,
        {{ source if source == 'webrequest_source' else "split_part(filename, '/', -6)" }} as {{ source }},
        line,
        cast(null as varchar) as unreadable_reason,
        {{ hour_columns() }}
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
            -- A line is one value: nothing in it is a quote, an escape or a separator (no file that
            -- comes here holds a carriage return), and blank lines are null.
            delim = chr(13) || chr(10),
            quote = '',
            escape = '',
            nullstr = '',
            strict_mode = false,
            max_line_size = {{ plain | map(attribute='longest_line') | max | int + 2 }},
            buffer_size = 33554432,
            filename = true,
            hive_partitioning = true,
            hive_types = {
                {%- if source == 'webrequest_source' %}
                'webrequest_source': varchar,
                {%- endif %}
                'year': integer,
                'month': integer,
                'day': integer,
                'hour': integer
            }
        )
    {%- endif %}
    {{- ' union all ' if plain and copies }}
    {%- if copies %}
    select
        file_name,
        source as {{ source }},
        nullif(line, '') as line,
        unreadable_reason,
        {{ hour_columns() }}
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
    {%- if not files %}{{ no_raw_lines(source) }}{% endif -%}
{%- endmacro %}

{% macro spark__lines_of_files(files, source, root, sources) -%}
    {#-
        Two scans, however many files there are: what a query does to each line, Spark would plan
        and compile once for every member of a union. Of the folders it takes what their conditions
        leave, before it opens a file.
    -#}
    {%- set plain = files | selectattr('copy', 'none') | list -%}
    {%- set copied = files | rejectattr('copy', 'none') | list -%}
    {%- set folders = [] -%}
    {%- for file in files if file.partition not in folders %}{% do folders.append(file.partition) %}{% endfor -%}
    {%- if plain %}
    select
        {{ raw_file_name() }} as file_name,
        {{ "substring_index(substring_index(_metadata.file_path, 'webrequest_source=', -1), '/', 1)" if source == 'webrequest_source' else "substring_index(substring_index(_metadata.file_path, '/', -6), '/', 1)" }} as {{ source }},
        nullif(value, '') as line,
        cast(null as string) as unreadable_reason,
        {%- for column in ['year', 'month', 'day', 'hour'] %}
        cast(substring_index(substring_index(_metadata.file_path, '/{{ column }}=', -1), '/', 1) as int) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ spark_files(
        'text', root, {'lineSep': '\n', 'pathGlobFilter': '*.{json,jsonl,json.gz,jsonl.gz}'},
        '/' ~ sources ~ '/{' ~ folders | join(',') ~ '}/*.json*'
    ) }}
    {%- if copied %}
    where {{ raw_file_name() }} not in ({{ literals(copied | map(attribute='file')) }})
    {%- endif %}
    {%- endif %}
    {{- ' union all ' if plain and copied }}
    {%- if copied %}
    {%- set names = [] -%}
    {%- for file in copied %}{% do names.append(file['copy'].split('/')[-1]) %}{% endfor %}
    select
        file_name,
        source as {{ source }},
        nullif(line, '') as line,
        unreadable_reason,
        {{ hour_columns() }}
    from {{ spark_files('parquet', lake_root() ~ '/.spill', {}, '/' ~ ('raw_lines' if source == 'webrequest_source' else 'event_lines') ~ '_*.parquet') }}
    where _metadata.file_name in ({{ literals(names) }})
    {%- endif %}
    {%- if not files %}{{ no_raw_lines(source) }}{% endif -%}
{%- endmacro %}

{% macro raw_files_to_read() -%}
    {#- The raw files of the run's hours, each with how it is to be read: see wikilake/lake/raw_lines.py. -#}
    {%- set files = facts_of_raw_files('raw_files_to_read') -%}
    {%- if execute %}{% do report_missing_raw_files() %}{% endif -%}
    {{ return(files) }}
{%- endmacro %}

{% macro raw_line_counts() -%}
    {#- The number of lines in the raw files of each source and hour of the run. -#}
    {{ return(facts_of_raw_files('raw_line_counts') if flags.WHICH == 'build' else []) }}
{%- endmacro %}

{% macro facts_of_raw_files(function) -%}
    {#- What a function of wikilake/lake/raw_lines.py says of the raw files of the run's hours. -#}
    {%- set facts = [] -%}
    {%- if execute -%}
        {%- set window = run_window() -%}
        {%- for text in run_query('select unnest(' ~ function ~ '(' ~ literals([window.first, window.end]) ~ '))').columns[0].values() -%}
            {%- do facts.append(fromjson(text)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(facts) }}
{%- endmacro %}

{% macro no_raw_lines(source) -%}
    {#- An hour without raw files has no lines. -#}
    select
        cast(null as string) as file_name,
        cast(null as string) as {{ source }},
        cast(null as string) as line,
        cast(null as string) as unreadable_reason,
        {%- for column in ['year', 'month', 'day', 'hour'] %}
        cast(null as int) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
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
    {#- Files as a table: a path taken as it is, with a pattern below it. -#}
    {{ format }}.`{{ (hadoop_escaped(path) ~ below) | replace('`', '``') }}`
    {%- if options %} with (
        {%- for name, value in options.items() %}'{{ name }}' = {{ literal(value) }}{{ ', ' if not loop.last }}{% endfor -%}
    ){% endif -%}
{%- endmacro %}

{% macro report_missing_raw_files() -%}
    {#- Hours without files are empty hours, with a warning; a root without sources is an error. -#}
    {%- set missing = facts_of_raw_files('hours_without_raw_files') -%}
    {%- if missing and run_query(files_query(glob_escaped(raw_root()) ~ '/webrequest_source=*/**')) | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            "WIKILAKE_RAW: there is no folder webrequest_source=… with anything in it under " ~ raw_root()
            ~ ". Name the root of the raw partitions, or write a sample there: wikilake sample"
        ) }}
    {%- endif -%}
    {%- if missing | length == 1 -%}
        {%- do exceptions.warn(
            "No raw file for " ~ missing[0].hour ~ " under " ~ raw_root() ~ "/webrequest_source=*/"
            ~ missing[0].partition ~ ": the hour is built empty."
        ) -%}
    {%- elif missing -%}
        {%- do exceptions.warn(
            "No raw file for " ~ missing | length ~ " hours from " ~ missing[0].hour ~ " to " ~ missing[-1].hour
            ~ " under " ~ raw_root() ~ "/webrequest_source=*/: they are built empty."
        ) -%}
    {%- endif -%}
{%- endmacro %}
