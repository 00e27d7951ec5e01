{% macro raw_root() -%}
    {#- Root of the raw partitions, absolute. -#}
    {{ return(absolute_path(env_var('WIKILAKE_RAW', 'sample/raw') if execute else '')) }}
{%- endmacro %}

{% macro events_root() -%}
    {#- Root of the raw events, absolute. -#}
    {{ return(absolute_path((env_var('WIKILAKE_EVENTS', '') or env_var('WIKILAKE_RAW', 'sample/raw') ~ '/events') if execute else '')) }}
{%- endmacro %}

{% macro lake_root() -%}
    {#-
        Root of the lake, absolute: views keep working wherever the catalog is opened from. Like
        every root it is not read while dbt parses: otherwise each lake would need its own parse.
    -#}
    {{ return(absolute_path(env_var('WIKILAKE_LAKE', 'lake') if execute else '')) }}
{%- endmacro %}

{% macro absolute_path(path) -%}
    {#-
        The path of a setting, relative to the project's folder and unquoted: literal() quotes it.
    -#}
    {%- set folder = invocation_args_dict.get('project_dir') | string -%}
    {%- if not execute -%}{{ return(path) }}{%- endif -%}
    {#- Every lake table asks for a path, and most paths can be resolved without Python. -#}
    {%- if not modules.re.search('(^|/)[.~]|//|/\\Z', path) -%}
        {%- if path.startswith('/') -%}{{ return(path) }}{%- endif -%}
        {%- if folder.startswith('/') -%}{{ return(folder ~ '/' ~ path) }}{%- endif -%}
    {%- endif -%}
    {{ return(run_query('select absolute_path(' ~ literal(path) ~ ')').columns[0].values()[0]) }}
{%- endmacro %}
