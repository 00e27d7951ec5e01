{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {#-
        What dbt asks of a test. dbt's own takes a severity from the parsed project, and
        `wikilake build` parses it before variables are given; here it is asked for when the test runs.
    -#}
    select
        {{ fail_calc }} as failures,
        {{ fail_calc }} {{ warn_if }} as should_warn,
        {{ fail_calc }} {{ error_if }} and {{ (test_severity(model) == 'error') | lower }} as should_error
    from (
        {{ main_sql }}
        {{ 'limit ' ~ limit if limit is not none }}
    ) as dbt_internal_test
{%- endmacro %}

{% macro test_severity(test) -%}
    {#- `error` or `warn`: what the variable says that `meta.severity_variable` names, else the configured one. -#}
    {%- set name = test.config.meta.severity_variable -%}
    {{ return(variable(name) if name else test.config.severity | string | lower) }}
{%- endmacro %}
