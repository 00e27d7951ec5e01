{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {#-
        The rows of a unit test's input. dbt's own unites a query per row, and Spark plans
        each and runs it as a task of its own: a list of 200 rows took half a minute.
    -#}
    {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- set columns = adapter.get_columns_in_relation(relation) -%}
    {%- if not columns -%}
        {%- do exceptions.raise_compiler_error(
            "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist"
        ) -%}
    {%- endif -%}
    {%- set types, names, values = {}, {}, [] -%}
    {%- for column in columns -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do names.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- for row in rows -%}
        {%- do values.append(format_row(row, types)) -%}
    {%- endfor -%}
    {{ unit_test_rows(values, types, names) }}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {#- The rows that a unit test expects, with the columns that it names. -#}
    {%- if not rows -%}
        select * from dbt_internal_unit_test_actual
        limit 0
    {%- else -%}
        {%- set types, values = {}, [] -%}
        {%- for row in rows -%}
            {%- do values.append(format_row(row, column_name_to_data_types)) -%}
            {%- if (values[-1] | sort) != (values[0] | sort) -%}
                {%- do exceptions.raise_compiler_error(
                    'Each row that a unit test expects names the same columns; ' ~ row ~ ' does not.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name in values[0] -%}
            {%- do types.update({name: column_name_to_data_types[name]}) -%}
        {%- endfor -%}
        {{ unit_test_rows(values, types, column_name_to_quoted) }}
    {%- endif -%}
{%- endmacro %}

{% macro unit_test_rows(rows, types, names) -%}
    {#- A query for rows of SQL values by column; a column that a row does not name is null. -#}
    {%- set cells = [] -%}
    {%- for name in types -%}{%- do cells.append('c' ~ loop.index) -%}{%- endfor -%}
    select
        {%- for name in types %}
        c{{ loop.index }} as {{ names[name] }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        values
        {%- for row in rows or [{}] %}
        (
            {%- for name, type in types.items() %}
            {{ (row[name] or safe_cast('null', type)) | trim }}{{ ',' if not loop.last }}
            {%- endfor %}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as fixture ({{ cells | join(', ') }})
    {%- if not rows %}
    limit 0
    {%- endif %}
{%- endmacro %}
