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
    {%- if not execute -%}{{ return(quoted) }}{%- endif -%}
    {%- set absolute = run_query("select absolute_path('" ~ quoted ~ "')").columns[0].values()[0] -%}
    {{ return(absolute | replace("'", "''")) }}
{%- endmacro %}
