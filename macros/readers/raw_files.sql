{% macro raw_files() -%}
    {{ return(adapter.dispatch('raw_files')()) }}
{%- endmacro %}

{% macro duckdb__raw_files() -%}
    {%- set run = run_hour() -%}
    select file
    from glob(
        '{{ raw_root() }}/webrequest_source=*/year={{ run.year }}/month={{ run.month }}'
        || '/day={{ run.day }}/hour={{ run.hour }}/*.json*'
    )
    -- Hidden files and other endings (`.tmp`, `.part`, `._COPYING_`) are still being written.
    where regexp_matches(file, '/[^/._][^/]*[.]jsonl?([.]gz)?$')
{%- endmacro %}

{% macro spark__raw_files() -%}
    select unnest(raw_files('{{ raw_root() }}', '{{ partition_path(run_hour()) }}'))
{%- endmacro %}
