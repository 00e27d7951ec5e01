{% macro apply_grants(relation, grant_config, should_revoke=True) -%}
    {#-
        DuckDB has no grants: the file permissions of the lake take their place
        (wikilake/lake/partitions.py). Plain Spark refuses the statement, so it runs only where the
        variable allows it.
    -#}
    {%- if target.type != 'duckdb' and variable('apply_grants') -%}
        {{ default__apply_grants(relation, grant_config, should_revoke) }}
    {%- endif -%}
{%- endmacro %}
