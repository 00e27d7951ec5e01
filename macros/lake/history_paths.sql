{% macro history_root() -%}
    {#- Root of the edit histories, absolute: dumps in `<snapshot>/`, Parquet in `snapshot=<snapshot>/`. -#}
    {{ return(absolute_path(env_var('WIKILAKE_HISTORY', 'sample/history') if execute else '')) }}
{%- endmacro %}

{% macro namespaces_path() -%}
    {#-
        The project and namespace map, absolute: a CSV or Parquet file, or a folder with one per
        snapshot.
    -#}
    {{ return(absolute_path(env_var('WIKILAKE_NAMESPACES', 'sample/namespaces.csv') if execute else '')) }}
{%- endmacro %}

{% macro mediawiki_root() -%}
    {#- Root of the tables of wikis' databases, absolute: Parquet in `<table>/`. -#}
    {{ return(absolute_path(env_var('WIKILAKE_MEDIAWIKI', 'sample/mediawiki') if execute else '')) }}
{%- endmacro %}
