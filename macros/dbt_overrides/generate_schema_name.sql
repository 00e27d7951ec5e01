{% macro generate_schema_name(custom_schema_name, node) -%}
    {#-
        Schemas have the same names in every target: wmf_raw, wmf, staging, … In a project that has
        wikilake as a package this is asked for wikilake's tables alone, and first of all.
    -#}
    {%- do check_python_part() -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

{% macro check_python_part() -%}
    {#- Refuses to run on DuckDB without the functions that models call: their package is missing. -#}
    {%- if target.type == 'duckdb' and 'wikilake.engines.duckdb_plugin' not in target.get('plugins', []) | map(attribute='module') -%}
        {%- do exceptions.raise_compiler_error(
            'The models of wikilake call functions of its Python package, which this dbt does not have. Install it where dbt is: '
            ~ 'pip install --editable dbt_packages/wikilake'
        ) -%}
    {%- endif -%}
{%- endmacro %}
