{% macro raw_root() -%}
    {#- Root of the raw partitions, absolute. -#}
    {{ return(absolute_path(env_var('WIKILAKE_RAW', 'sample/raw'))) }}
{%- endmacro %}

{% macro lake_root() -%}
    {#- Root of the lake, absolute: views keep working wherever the catalogue is opened from. -#}
    {{ return(absolute_path(env_var('WIKILAKE_LAKE', 'lake'))) }}
{%- endmacro %}

{% macro absolute_path(path) -%}
    {#- Paths in settings are taken from the project's folder. -#}
    {{ return(path if path.startswith('/') else flags.PROJECT_DIR | string ~ '/' ~ path) }}
{%- endmacro %}
