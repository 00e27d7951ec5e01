{% macro history_root() -%}
    {#- Root of the edit histories, absolute: dumps in `<snapshot>/`, Parquet in `snapshot=<snapshot>/`. -#}
    {%- if not execute %}{{ return('history') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_HISTORY', 'sample/history'))) }}
{%- endmacro %}

{% macro namespaces_path() -%}
    {#-
        The project and namespace map, absolute: a CSV or Parquet file, or a folder with one per
        snapshot.
    -#}
    {%- if not execute %}{{ return('namespaces.csv') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_NAMESPACES', 'sample/namespaces.csv'))) }}
{%- endmacro %}

{% macro mediawiki_root() -%}
    {#- Root of the tables of wikis' databases, absolute: Parquet in `<table>/`. -#}
    {%- if not execute %}{{ return('mediawiki') }}{% endif -%}
    {{ return(absolute_path(env_var('WIKILAKE_MEDIAWIKI', 'sample/mediawiki'))) }}
{%- endmacro %}
