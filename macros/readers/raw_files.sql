{% macro raw_files() -%}
    {{ return(adapter.dispatch('raw_files')()) }}
{%- endmacro %}

{% macro duckdb__raw_files() -%}
    select file
    from glob(
        {{ literal(glob_escaped(raw_root()) ~ '/webrequest_source=*/' ~ partition_path(run_hour()) ~ '/*.json*') }}
    )
    -- Hidden files and other endings (`.tmp`, `.part`, `._COPYING_`) are still being written.
    where regexp_matches(file, '/[^/._][^/]*[.]jsonl?([.]gz)?$')
{%- endmacro %}

{% macro spark__raw_files() -%}
    select unnest(raw_files({{ literal(raw_root()) }}, {{ literal(partition_path(run_hour())) }}))
{%- endmacro %}
