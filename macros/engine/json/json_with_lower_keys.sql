{% macro json_with_lower_keys(line, keys) -%}
    {{ return(adapter.dispatch('json_with_lower_keys')(line, keys)) }}
{%- endmacro %}

{% macro duckdb__json_with_lower_keys(line, keys) -%}
    {#-
        The keys are reversed, since the reader takes the first of a repeated key and JSON means the
        last.
    -#}
    '{{ "{" }}' || array_to_string(
        list_reverse(
            list_transform(
                list_zip({{ keys }}, json_extract({{ line }}, '$.*')),
                lambda pair: to_json({{ lower_unicode("pair[1]") }}) || ':' || pair[2]
            )
        ),
        ','
    ) || '}'
{%- endmacro %}

{% macro spark__json_with_lower_keys(line, keys) -%}
    {#- Values become texts, as they are read; the last of a repeated key counts. -#}
    to_json(
        map_from_entries(
            transform(
                map_entries(from_json({{ line }}, 'map<string, string>', map('allowSingleQuotes', 'false'))),
                pair -> struct(lower(pair.key), pair.value)
            )
        )
    )
{%- endmacro %}
