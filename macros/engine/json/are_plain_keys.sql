{% macro are_plain_keys(keys) -%}
    {{ return(adapter.dispatch('are_plain_keys')(keys)) }}
{%- endmacro %}

{% macro duckdb__are_plain_keys(keys) -%}
    (
        {{ keys }} = list_transform({{ keys }}, lambda k: {{ lower_unicode("k") }})
        and list_unique({{ keys }}) = len({{ keys }})
    )
{%- endmacro %}

{% macro spark__are_plain_keys(keys) -%}
    ({{ keys }} = array_distinct(transform({{ keys }}, k -> lower(k))))
{%- endmacro %}
