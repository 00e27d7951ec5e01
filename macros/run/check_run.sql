{% macro check_run() -%}
    {#-
        Checks the variables before a run and says once what the run will not know. The loop over
        hours (`wikilake build`) says so itself.
    -#}
    {%- if execute and flags.WHICH == 'test' %}{% do check_names_of_variables() %}{% endif -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do check_variables() -%}
        {%- do check_tests_of_selection() -%}
        {%- do check_lists() -%}
        {%- do check_work_tables() -%}
        {%- if named_period() is none %}{% do report_other_version() %}{% endif -%}
        {%- if 'model.wikilake.webrequest' in selected_resources -%}
            {%- for sentence in run_query('select unnest(missing_databases())').columns[0].values() -%}
                {%- do exceptions.warn(sentence) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro check_tests_of_selection() -%}
    {#-
        In a project that has wikilake as a package, refuses tests that read tables of wikilake which
        are not selected. dbt selects them, unless that project says otherwise, as this one does.
    -#}
    {%- for name in selected_resources if project_name != 'wikilake' and name.startswith('test.wikilake.') -%}
        {%- for read in graph.nodes[name].depends_on.nodes if read.startswith('model.wikilake.') and read not in selected_resources -%}
            {%- do exceptions.raise_compiler_error(
                'The test ' ~ graph.nodes[name].name ~ ' reads ' ~ graph.nodes[read].name ~ ', which is not selected. '
                ~ 'Have dbt leave out such tests, by these lines in your dbt_project.yml: flags: {indirect_selection: buildable}'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
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
