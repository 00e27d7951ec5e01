{% macro load_history_dumps() -%}
    {{ return(adapter.dispatch('load_history_dumps')()) }}
{%- endmacro %}

{% macro duckdb__load_history_dumps() -%}
    select load_history_dumps('{{ run_snapshot() }}')
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
            '{{ lake_root() }}/.staging/wmf_raw/mediawiki_history_dumps'
            || '/snapshot={{ run_snapshot() }}/{{ kind }}/*.parquet',
            hive_partitioning = false
        )
{%- endmacro %}

{% macro spark__history_dump_rows(kind) -%}
    select *
    from {{ spark_files(
        'parquet',
        lake_root() ~ '/.staging/wmf_raw/mediawiki_history_dumps/snapshot=' ~ run_snapshot() ~ '/' ~ kind
    ) }}
{%- endmacro %}
