{% macro str_to_map(text, pair_separator, key_separator) -%}
    {{ return(adapter.dispatch('str_to_map')(text, pair_separator, key_separator)) }}
{%- endmacro %}

{% macro duckdb__str_to_map(text, pair_separator, key_separator) -%}
    {#- Keys mostly occur once; only where one is repeated are the pairs put in order to drop it. -#}
    {%- set parts = "string_split(" ~ text ~ ", '" ~ pair_separator ~ "')" -%}
    {%- set keys = "list_transform(" ~ parts ~ ", lambda part: split_part(part, '" ~ key_separator ~ "', 1))" -%}
    {%- set value = "case when contains(part, '" ~ key_separator ~ "') then substr(part, instr(part, '" ~ key_separator ~ "') + 1) end" -%}
    {%- set values = "list_transform(" ~ parts ~ ", lambda part: " ~ value ~ ")" -%}
    case
        when list_unique({{ keys }}) = len({{ parts }}) then map({{ keys }}, {{ values }})
        when {{ text }} is not null then map_from_entries(list_transform(
            [list_sort(list_zip({{ keys }}, range(len({{ keys }})), {{ values }}))],
            lambda pairs: list_transform(
                list_filter(
                    list_zip(pairs, list_append(pairs[2:], null)),
                    lambda pair: pair[1][1] is distinct from pair[2][1]
                ),
                lambda pair: {'k': pair[1][1], 'v': pair[1][3]}
            )
        )[1])
    end
{%- endmacro %}

{% macro spark__str_to_map(text, pair_separator, key_separator) -%}
    str_to_map({{ text }}, r'\Q{{ pair_separator }}\E', r'\Q{{ key_separator }}\E')
{%- endmacro %}
