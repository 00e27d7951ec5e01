{% macro check_run() -%}
    {#-
        Before a run: the variables make sense, and what the run will not know is said once. The
        loop over hours (`wikilake build`) says it itself.
    -#}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do run_hour() -%}
        {%- do run_day() -%}
        {%- for sentence in run_query('select unnest(missing_databases())').columns[0].values() -%}
            {%- do exceptions.warn(sentence) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
