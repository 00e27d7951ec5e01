{% macro raw_root() -%}
    {#- Root of the raw partitions, absolute. -#}
    {{ return(absolute_path(env_var('WIKILAKE_RAW', 'sample/raw'))) }}
{%- endmacro %}

{% macro lake_root() -%}
    {#- Root of the lake, absolute: views keep working wherever the catalogue is opened from. -#}
    {{ return(absolute_path(env_var('WIKILAKE_LAKE', 'lake'))) }}
{%- endmacro %}

{% macro absolute_path(path) -%}
    {#- A path of a setting, taken from the project's folder; ready to stand between quotes. -#}
    {%- set quoted = path | replace("'", "''") -%}
    {%- set folder = invocation_args_dict.get('project_dir') | string | replace("'", "''") -%}
    {%- if not execute -%}{{ return(quoted) }}{%- endif -%}
    {#- Most paths need no Python to be understood, and every lake table asks for one. -#}
    {%- if not modules.re.search('(^|/)[.~]|//|/$', path) -%}
        {%- if path.startswith('/') -%}{{ return(quoted) }}{%- endif -%}
        {%- if folder.startswith('/') -%}{{ return(folder ~ '/' ~ quoted) }}{%- endif -%}
    {%- endif -%}
    {%- set absolute = run_query("select absolute_path('" ~ quoted ~ "')").columns[0].values()[0] -%}
    {{ return(absolute | replace("'", "''")) }}
{%- endmacro %}
