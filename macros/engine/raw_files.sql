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
{%- endmacro %}
