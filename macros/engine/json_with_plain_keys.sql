{% macro json_with_plain_keys(line) -%}
    {{ return(adapter.dispatch('json_with_plain_keys')(line)) }}
{%- endmacro %}

{% macro duckdb__json_with_plain_keys(line) -%}
    case
        when json_keys({{ line }}) = [{% for field in raw_fields() %}'{{ field }}'{{ ', ' if not loop.last }}{% endfor %}] then {{ line }}
        when json_keys({{ line }}) = list_distinct(list_transform(json_keys({{ line }}), lambda k: lower(k))) then {{ line }}
        else '{' || array_to_string(
            list_reverse(
                list_transform(
                    list_zip(json_keys({{ line }}), json_extract({{ line }}, '$.*')),
                    lambda pair: to_json(lower(pair[1])) || ':' || pair[2]
                )
            ),
            ','
        ) || '}'
    end
{%- endmacro %}
