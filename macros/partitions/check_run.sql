{% macro check_run() -%}
    {#-
        Before a run: the variables make sense, and what the run will not know is said once. The
        loop over hours (`wikilake build`) says it itself.
    -#}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do run_hour() -%}
        {%- do run_day() -%}
        {%- do check_variables() -%}
        {%- do record_version() -%}
        {%- do site_profile() -%}
        {%- do report_other_version() -%}
        {%- for sentence in run_query('select unnest(missing_databases())').columns[0].values() -%}
            {%- do exceptions.warn(sentence) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro report_other_version() -%}
    {#- Says that the run's hour is there already by another definition, which the run replaces. -#}
    {%- set hour = lake_root() ~ '/wmf/webrequest/webrequest_source=*/' ~ partition_path(run_hour()) ~ '/*.parquet' -%}
    {%- set webrequest = adapter.get_relation(target.database, 'wmf', 'webrequest') -%}
    {%- if webrequest and run_query(files_query(hour)) | length -%}
        {%- set query -%}
            select record_version from {{ webrequest }}
            where {{ in_run_hour() }} and record_version <> {{ stamped_version('webrequest') }}
            limit 1
        {%- endset -%}
        {%- for version in run_query(query).columns[0].values() -%}
            {%- do exceptions.warn(
                var('hour') ~ " was refined by record_version " ~ version
                ~ "; what this run builds of it is replaced by record_version " ~ record_version() ~ "."
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
