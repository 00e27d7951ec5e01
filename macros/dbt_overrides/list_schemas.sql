{% macro duckdb__list_schemas(database) -%}
    {#-
        dbt names the database in quotes; its own macro looks for the quoted name and finds no
        schema.
    -#}
    {{ return(run_query(
        'select schema_name from duckdb_schemas() where database_name = ' ~ literal(database | replace('"', ''))
    )) }}
{%- endmacro %}
