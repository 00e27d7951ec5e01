{% macro assert_available(columns, from, table='webrequest') -%}
    {#-
        Fails when SQL is compiled that reads columns of a table for hours before they existed; returns
        nothing. A model or analysis that reads old hours says so in its first line.
    -#}
    {%- set versions = ref('record_versions') -%}
    {%- if execute -%}
        {%- set first_hour = modules.re.match('^([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2})?\\Z', from | string) -%}
        {%- if not first_hour -%}
            {{ exceptions.raise_compiler_error("assert_available: from is '" ~ from ~ "': write the first hour that is read, YYYY-MM-DDTHH.") }}
        {%- endif -%}
        {%- set known = graph.nodes['model.wikilake.' ~ table].columns -%}
        {%- set releases = column_releases(versions, table) -%}
        {%- for column in columns -%}
            {%- if column not in known -%}
                {{ exceptions.raise_compiler_error("assert_available: " ~ table ~ " has no column '" ~ column ~ "'.") }}
            {%- endif -%}
            {%- set release = releases.get(column) -%}
            {%- if release and release.valid_from > first_hour[1] -%}
                {{ exceptions.raise_compiler_error(
                    "The column '" ~ column ~ "' of " ~ table ~ " exists since " ~ release.valid_from
                    ~ " (record_version " ~ release.record_version ~ "): hours from " ~ from
                    ~ " on do not all have it."
                ) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro column_releases(versions, table) -%}
    {#-
        When those columns of a table came that it did not always have, by the seed
        record_versions: {column: {record_version, valid_from as YYYY-MM-DD}}.
    -#}
    {%- set releases = {} -%}
    {%- set query -%}
        select
            record_version,
            cast(valid_from as {{ dbt.type_string() }}) as valid_from,
            columns_added
        from {{ versions }}
        where table_name = {{ literal(table) }} and columns_added <> '-'
    {%- endset -%}
    {%- for row in run_query(query) -%}
        {%- for column in row[2].split(', ') -%}
            {%- do releases.update({column: {'record_version': row[0], 'valid_from': row[1]}}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(releases) }}
{%- endmacro %}
