{% macro json_list(members, order_by) -%}
    {{ return(adapter.dispatch('json_list')(members, order_by)) }}
{%- endmacro %}

{% macro duckdb__json_list(members, order_by) -%}
    cast(to_json(list({{ struct_of(members) }} order by {{ order_by | join(', ') }})) as varchar)
{%- endmacro %}

{% macro spark__json_list(members, order_by) -%}
    to_json(
        transform(
            array_sort(
                collect_list(
                    named_struct(
                        {%- for expression in order_by %}'order_{{ loop.index }}', {{ expression }}, {% endfor -%}
                        'member', {{ struct_of(members) }}
                    )
                )
            ),
            entry -> entry.member
        ),
        map('ignoreNullFields', 'false')
    )
{%- endmacro %}
