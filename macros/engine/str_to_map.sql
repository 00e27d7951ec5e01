{% macro str_to_map(text, pair_separator, key_separator) -%}
    {{ return(adapter.dispatch('str_to_map')(text, pair_separator, key_separator)) }}
{%- endmacro %}

{% macro duckdb__str_to_map(text, pair_separator, key_separator) -%}
    map_from_entries(
        list_transform(
            list_filter(
                list_zip(
                    string_split({{ text }}, '{{ pair_separator }}'),
                    range(1, len(string_split({{ text }}, '{{ pair_separator }}')) + 1)
                ),
                lambda part: not list_contains(
                    list_transform(
                        string_split({{ text }}, '{{ pair_separator }}')[part[2] + 1:],
                        lambda later: split_part(later, '{{ key_separator }}', 1)
                    ),
                    split_part(part[1], '{{ key_separator }}', 1)
                )
            ),
            lambda part: {
                'k': split_part(part[1], '{{ key_separator }}', 1),
                'v': case
                    when contains(part[1], '{{ key_separator }}')
                        then substr(part[1], instr(part[1], '{{ key_separator }}') + 1)
                end
            }
        )
    )
{%- endmacro %}
