{% macro run_snapshot() -%}
    {#- The run's snapshot `YYYY-MM`, read from the variable `snapshot`. -#}
    {%- set text = var('snapshot') | string -%}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])\\Z', text) -%}
        {{ exceptions.raise_compiler_error("The variable 'snapshot' is '" ~ shown(text) ~ "': write YYYY-MM, for example --vars 'snapshot: 2025-06'.") }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}

{% macro previous_snapshot() -%}
    {#- The month before the run's snapshot, `YYYY-MM`. -#}
    {%- set year, month = run_snapshot()[:4] | int, run_snapshot()[5:] | int -%}
    {{ return('%04d-%02d' % ((year, month - 1) if month > 1 else (year - 1, 12))) }}
{%- endmacro %}

{% macro in_run_snapshot() -%}
    {#- The predicate that keeps the rows of the run's snapshot. -#}
    snapshot = {{ literal(run_snapshot()) }}
{%- endmacro %}
