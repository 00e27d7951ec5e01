{% macro documentation_of_file() -%}
    {#-
        The option of `copy` by which a Parquet file says what its rows and columns are, for whoever
        has the file alone: the keys `description` and `columns`, a JSON object by column.
    -#}
    {%- set columns = {} -%}
    {%- for column in model.columns.values() -%}
        {%- do columns.update({column.name: column.description}) -%}
    {%- endfor -%}
    kv_metadata {description: {{ literal(model.description) }}, columns: {{ literal(tojson(columns)) }}}
{%- endmacro %}
