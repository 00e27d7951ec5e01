{% macro load_history_dumps() -%}
    {{ return(adapter.dispatch('load_history_dumps')()) }}
{%- endmacro %}

{% macro duckdb__load_history_dumps() -%}
    select load_history_dumps({{ literal(run_snapshot()) }})
{%- endmacro %}

{% macro spark__load_history_dumps() -%}
    {{ duckdb__load_history_dumps() }}
{%- endmacro %}

{% macro history_dump_rows(kind) -%}
    {{ return(adapter.dispatch('history_dump_rows')(kind)) }}
{%- endmacro %}

{% macro duckdb__history_dump_rows(kind) -%}
    select *
    from
        read_parquet(
            {{ literal(glob_escaped(history_dumps_folder(kind)) ~ '/*.parquet') }},
            hive_partitioning = false
        )
{%- endmacro %}

{% macro spark__history_dump_rows(kind) -%}
    select *
    from {{ spark_files('parquet', history_dumps_folder(kind)) }}
{%- endmacro %}

{% macro history_dumps_folder(kind) -%}
    {#- Where load_history_dumps() puts what it reads of the run's snapshot: `events` or `rejected`. -#}
    {{ return(lake_root() ~ '/.staging/wmf_raw/mediawiki_history_dumps/snapshot=' ~ run_snapshot() ~ '/' ~ kind) }}
{%- endmacro %}
