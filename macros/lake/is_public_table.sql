{% macro is_public_table(node) -%}
    {#-
        Whether everyone may read the files of a table: its schema is one of `public_schemas`, and
        all its columns are public. Nothing else opens a table: no grant, access or other meta.
    -#}
    {{ return(node.schema in variable('public_schemas') and not closed_columns(node)) }}
{%- endmacro %}

{% macro closed_columns(node) -%}
    {#-
        The columns of a table that not everyone may read. A column has its own class, else that of
        its folder. A column without either is closed, and so is a table without columns.
    -#}
    {%- set closed = [] -%}
    {%- set of_folder = (node.config.get('meta') or {}).get('privacy') -%}
    {%- for column in node.columns.values() if (column.get('meta') or {}).get('privacy', of_folder) != 'public' -%}
        {%- do closed.append(column.name) -%}
    {%- endfor -%}
    {{ return(closed if node.columns else ['which it does not describe']) }}
{%- endmacro %}

{% macro check_public_schemas() -%}
    {#-
        Checks before a run that `public_schemas` names schemas of the project, and none with a
        private table.
    -#}
    {%- set schemas = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed') and node.schema not in schemas -%}
        {%- do schemas.append(node.schema) -%}
    {%- endfor -%}
    {%- for schema in variable('public_schemas') -%}
        {%- if schema not in schemas -%}
            {{ exceptions.raise_compiler_error(
                "The variable 'public_schemas' has '" ~ shown(schema) ~ "', which is not a schema: known are "
                ~ schemas | sort | join(', ') ~ '. Did you mean ' ~ nearest_name(schema, schemas | sort) ~ '?'
            ) }}
        {%- endif -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == schema and closed_columns(node) -%}
            {{ exceptions.raise_compiler_error(
                "The variable 'public_schemas' has '" ~ schema ~ "', but " ~ schema ~ '.' ~ node.name ~ ' has columns that are not public ('
                ~ closed_columns(node) | join(', ') ~ '): leave the schema out. Single tables are published by wikilake share.'
            ) }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
