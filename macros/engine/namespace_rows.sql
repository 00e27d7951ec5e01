{% macro namespace_rows() -%}
    {{ return(adapter.dispatch('namespace_rows')()) }}
{%- endmacro %}

{% macro duckdb__namespace_rows() -%}
    {%- set path = namespaces_path() -%}
    {%- set snapshot = run_snapshot() -%}
    {%- set candidates = [
        path ~ '/snapshot=' ~ snapshot ~ '/**/*.parquet',
        path ~ '/' ~ snapshot ~ '.csv',
    ] if not modules.re.search('[.](csv|parquet)$', path) else [path] -%}
    {%- set found = [] -%}
    {%- for candidate in candidates -%}
        {%- set quoted = "'" ~ candidate | replace("'", "''") ~ "'" -%}
        {%- if execute and run_query('select count(*) from glob(' ~ quoted ~ ')').columns[0].values()[0] > 0 -%}
            {%- do found.append(quoted) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute and not found -%}
        {{ exceptions.raise_compiler_error(
            "There is no project and namespace map for snapshot " ~ snapshot ~ " at " ~ path
            ~ ": point WIKILAKE_NAMESPACES to a CSV or Parquet file, or to a folder with snapshot="
            ~ snapshot ~ "/*.parquet or " ~ snapshot ~ ".csv."
        ) }}
    {%- endif %}
    select
        dbname,
        hostname,
        cast(namespace as integer) as namespace,
        namespace_canonical_name
    {%- if found and found[0].endswith(".csv'") %}
    from
        read_csv(
            {{ found[0] }},
            header = false,
            delim = ',',
            quote = '"',
            escape = '"',
            nullstr = '',
            columns = {
                {%- for name in namespace_map_columns() %}
                '{{ name }}': 'varchar'{{ ',' if not loop.last }}
                {%- endfor %}
            }
        )
    {%- elif found %}
    from read_parquet({{ found[0] }}, hive_partitioning = false)
    {%- else %}
    from (values (null, null, null, null)) as nothing (dbname, hostname, namespace, namespace_canonical_name)
    {%- endif %}
{%- endmacro %}

{% macro namespace_map_columns() -%}
    {#- The fields of the headerless project and namespace map, in their order. -#}
    {{ return([
        'hostname',
        'language',
        'sitename',
        'dbname',
        'home_page',
        'mw_version',
        'case_setting',
        'namespace',
        'namespace_canonical_name',
        'namespace_localized_name',
        'namespace_case_setting',
        'namespace_is_content',
        'wiki_is_closed',
        'wiki_has_cloud_replica',
    ]) }}
{%- endmacro %}
