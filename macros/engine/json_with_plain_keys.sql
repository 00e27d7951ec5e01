{% macro json_with_plain_keys(line, keys) -%}
    {{ return(adapter.dispatch('json_with_plain_keys')(line, keys)) }}
{%- endmacro %}

{% macro duckdb__json_with_plain_keys(line, keys) -%}
    case
        when {{ keys }} = ['{{ raw_fields() | join("', '") }}'] then {{ line }}
        when {{ keys }} = list_distinct(list_transform({{ keys }}, lambda k: lower(k))) then {{ line }}
        -- Reversed, since of a repeated key the reader takes the first and JSON means the last.
        else '{{ "{" }}' || array_to_string(
            list_reverse(
                list_transform(
                    list_zip({{ keys }}, json_extract({{ line }}, '$.*')),
                    lambda pair: to_json(lower(pair[1])) || ':' || pair[2]
                )
            ),
            ','
        ) || '}'
    end
{%- endmacro %}

{% macro spark__json_with_plain_keys(line, keys) -%}
    {#- As one text, since Spark compares arrays member by member at four times the price. -#}
    case
        when size({{ keys }}) = {{ raw_fields() | length }}
            and array_join({{ keys }}, ',') = '{{ raw_fields() | join(",") }}' then {{ line }}
        when {{ keys }} = array_distinct(transform({{ keys }}, k -> lower(k))) then {{ line }}
        -- Values become texts, which is how they are read; of a repeated key the last counts.
        else to_json(
            map_from_entries(
                transform(
                    map_entries(from_json({{ line }}, 'map<string, string>', map('allowSingleQuotes', 'false'))),
                    pair -> struct(lower(pair.key), pair.value)
                )
            )
        )
    end
{%- endmacro %}
