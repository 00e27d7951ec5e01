{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
    {#- DuckDB has no grants: the file permissions of the lake stand for them (wikilake/lake/partitions.py). -#}
{%- endmacro %}

{% macro spark__apply_grants(relation, grant_config, should_revoke=True) -%}
    {#- Plain Spark refuses the statement, so it is given only where the variable says it is known. -#}
    {%- if variable('apply_grants') -%}
        {{ default__apply_grants(relation, grant_config, should_revoke) }}
    {%- endif -%}
{%- endmacro %}
