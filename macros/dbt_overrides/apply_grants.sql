{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
    {#-
        DuckDB has no grants: the file permissions of the lake take their place
        (wikilake/lake/partitions.py).
    -#}
{%- endmacro %}

{% macro spark__apply_grants(relation, grant_config, should_revoke=True) -%}
    {#- Plain Spark refuses the statement, so it runs only where the variable allows it. -#}
    {%- if variable('apply_grants') -%}
        {{ default__apply_grants(relation, grant_config, should_revoke) }}
    {%- endif -%}
{%- endmacro %}
