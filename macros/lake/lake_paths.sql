{% macro raw_root() -%}
    {#- Root of the raw partitions, absolute. -#}
    {%- if not execute %}{{ return('raw') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_RAW', 'sample/raw'))) }}
{%- endmacro %}

{% macro events_root() -%}
    {#- Root of the raw events, absolute. -#}
    {%- if not execute %}{{ return('events') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_EVENTS', '') or env_var('WIKILAKE_RAW', 'sample/raw') ~ '/events')) }}
{%- endmacro %}

{% macro lake_root() -%}
    {#-
        Root of the lake, absolute: views keep working wherever the catalog is opened from. As all
        roots it is not asked for while dbt parses, or each lake would have models parsed anew.
    -#}
    {%- if not execute %}{{ return('lake') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_LAKE', 'lake'))) }}
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
