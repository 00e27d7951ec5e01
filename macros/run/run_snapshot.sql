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

{% macro history_present() -%}
    {#-
        The moment of the variable `present`, else the end of the run's snapshot, as MediaWiki
        writes times: `YYYYMMDDHHMMSS`.
    -#}
    {%- if var('present') is none -%}
        {%- set year, month = run_snapshot()[:4] | int, run_snapshot()[5:] | int -%}
        {{ return('%04d%02d01000000' % ((year, month + 1) if month < 12 else (year + 1, 1))) }}
    {%- endif -%}
    {%- set text = var('present') | string -%}
    {%- if not modules.re.match('[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\Z', text) -%}
        {{ exceptions.raise_compiler_error("The variable 'present' is '" ~ shown(text) ~ "': write YYYY-MM-DD HH:MM:SS, for example --vars 'present: \"2026-11-27 18:00:00\"'.") }}
    {%- endif -%}
    {%- do run_date(text[:10], 'present') -%}
    {{ return(modules.re.sub('[^0-9]', '', text)) }}
{%- endmacro %}

{% macro is_history_from_tables() -%}
    {#-
        Whether the snapshot's history is made from the tables of wikis, by `history_source`. What
        it is not made from is no input of the run then.
    -#}
    {{ return(variable('history_source') == 'tables') }}
{%- endmacro %}
