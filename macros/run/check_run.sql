{% macro check_run() -%}
    {#-
        Checks the variables before a run and says once what the run will not know. The loop over
        hours (`wikilake build`) says so itself.
    -#}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do check_variables() -%}
        {%- do report_other_version() -%}
        {%- for sentence in run_query('select unnest(missing_databases())').columns[0].values() -%}
            {%- do exceptions.warn(sentence) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro report_other_version() -%}
    {#- Warns that the run replaces an hour that was made by another definition. -#}
    {%- set held = "select unnest(held_versions('wmf/webrequest', " ~ literal(partition_path(run_hour())) ~ '))' -%}
    {%- for version in run_query(held).columns[0].values() if version != record_version() -%}
        {%- do exceptions.warn(
            variable('hour') ~ " was refined by record_version " ~ version
            ~ "; what this run builds of it is replaced by record_version " ~ record_version() ~ "."
        ) -%}
    {%- endfor -%}
{%- endmacro %}
