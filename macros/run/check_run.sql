{% macro check_run() -%}
    {#-
        Checks the variables before a run and says once what the run will not know. The loop over
        hours (`wikilake build`) says so itself.
    -#}
    {%- if execute and flags.WHICH == 'test' %}{% do check_names_of_variables() %}{% endif -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do check_variables() -%}
        {%- if named_period() is none %}{% do report_other_version() %}{% endif -%}
        {%- if 'model.' ~ project_name ~ '.webrequest' in selected_resources -%}
            {%- for sentence in run_query('select unnest(missing_databases())').columns[0].values() -%}
                {%- do exceptions.warn(sentence) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro report_other_version() -%}
    {#- Warns that the run replaces hours that were made by another definition. -#}
    {%- set window = run_window() -%}
    {%- set held = 'select unnest(held_versions(' ~ literals(['wmf/webrequest', window.first, window.end]) ~ '))' -%}
    {%- for text in run_query(held).columns[0].values() -%}
        {%- set found = fromjson(text) -%}
        {%- if found.version != record_version() -%}
            {%- do exceptions.warn(
                found.hour ~ (" and " ~ found.further ~ " later hours were" if found.further else " was")
                ~ " refined by record_version " ~ found.version ~ "; what this run builds of "
                ~ ("them" if found.further else "it") ~ " is replaced by record_version " ~ record_version() ~ "."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
