{% macro namespace_rows() -%}
    {{ return(adapter.dispatch('namespace_rows')()) }}
{%- endmacro %}

{% macro duckdb__namespace_rows() -%}
    {%- set file = namespace_file() -%}
    select
        dbname,
        hostname,
        try_cast(namespace as integer) as namespace,
        namespace_canonical_name,
        namespace_localized_name,
        try_cast(namespace_is_content as boolean) as namespace_is_content
    {%- if file.path.endswith('.csv') %}
    from
        read_csv(
            {{ literal(glob_escaped(file.path)) }},
            header = false,
            delim = ',',
            quote = '"',
            escape = '"',
            nullstr = '',
            null_padding = true,
            auto_detect = false,
            columns = {
                {%- for name in namespace_map_columns() %}
                '{{ name }}': 'varchar'{{ ',' if not loop.last }}
                {%- endfor %}
            }
        )
    {%- elif file.path %}
    from read_parquet({{ literal(glob_escaped(file.path) ~ file.below) }}, hive_partitioning = false)
    {%- else %}
    from
        (values (null, null, null, null, null, null)) as nothing (
            dbname, hostname, namespace, namespace_canonical_name, namespace_localized_name, namespace_is_content
        )
    {%- endif %}
{%- endmacro %}

{% macro spark__namespace_rows() -%}
    {%- set file = namespace_file() -%}
    {%- set columns = namespace_map_columns() if file.path.endswith('.csv') else [] %}
    select
        {%- for name, type in {
            'dbname': 'string',
            'hostname': 'string',
            'namespace': 'integer',
            'namespace_canonical_name': 'string',
            'namespace_localized_name': 'string',
            'namespace_is_content': 'boolean',
        }.items() %}
        try_cast(
            {{ '_c' ~ columns.index(name) if columns else (name if file.path else 'null') }} as {{ type }}
        ) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if columns %}
    from {{ spark_files('csv', file.path, {'header': 'false', 'quote': '"', 'escape': '"', 'multiLine': 'true'}) }}
    {%- elif file.path %}
    from {{ spark_files('parquet', file.path, {'recursiveFileLookup': 'true'}) }}
    {%- endif %}
{%- endmacro %}

{% macro namespace_file() -%}
    {#- The map of the snapshot: `path` of a file, or of a folder with what to read `below` it. -#}
    {%- set path = namespaces_path() -%}
    {%- set snapshot = run_snapshot() -%}
    {%- set candidates = [
        {'path': path ~ '/snapshot=' ~ snapshot, 'below': '/**/*.parquet'},
        {'path': path ~ '/' ~ snapshot ~ '.csv', 'below': ''},
    ] if not modules.re.search('[.](csv|parquet)\\Z', path) else [{'path': path, 'below': ''}] -%}
    {%- if not execute %}{{ return({'path': '', 'below': ''}) }}{% endif -%}
    {%- for candidate in candidates -%}
        {%- if run_query(files_query(glob_escaped(candidate.path) ~ candidate.below)) | length -%}{{ return(candidate) }}{%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "There is no project and namespace map for snapshot " ~ snapshot ~ " at " ~ path
        ~ ": point WIKILAKE_NAMESPACES to a CSV or Parquet file, or to a folder with snapshot="
        ~ snapshot ~ "/*.parquet or " ~ snapshot ~ ".csv."
    ) }}
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
