{% macro sanitized_map(map, type, rules) -%}
    {#-
        The entries of a map whose keys, in lower case, are those of a rule, with their values by that
        rule (macro sanitized_value). Keys keep their spelling.
    -#}
    {{ return(adapter.dispatch('sanitized_map')(map, type, rules)) }}
{%- endmacro %}

{% macro duckdb__sanitized_map(map, type, rules) -%}
    {%- set entry = 'entry_' ~ map_depth(type) -%}
    map_from_entries(list_transform(
        list_filter(map_entries({{ map }}), lambda {{ entry }}: lower({{ entry }}.key) in ({{ literals(listed_keys(rules)) }})),
        lambda {{ entry }}: {
            'key': {{ entry }}.key,
            'value': {{ sanitized_entry('lower(' ~ entry ~ '.key)', entry ~ '.value', type['values'], rules) }}
        }
    ))
{%- endmacro %}

{% macro spark__sanitized_map(map, type, rules) -%}
    {%- set key, value = 'key_' ~ map_depth(type), 'value_' ~ map_depth(type) -%}
    transform_values(
        map_filter({{ map }}, ({{ key }}, {{ value }}) -> lower({{ key }}) in ({{ literals(listed_keys(rules)) }})),
        ({{ key }}, {{ value }}) -> {{ sanitized_entry('lower(' ~ key ~ ')', value, type['values'], rules) }}
    )
{%- endmacro %}

{% macro sanitized_entry(key, value, type, rules) -%}
    {#- The value of an entry of a map, by the rule of its key. -#}
    case
        {%- for one in rules %}
        when {{ key }} in ({{ literals(one['keys']) }}) then {{ sanitized_value(value, type, one.rule, true) }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro listed_keys(rules) -%}
    {#- All keys that the rules of a map name. -#}
    {%- set names = [] -%}
    {%- for one in rules %}{% do names.extend(one['keys']) %}{% endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro map_depth(type) -%}
    {#- How many maps a type of a map has within each other, for names of variables. -#}
    {{ return(1 + (map_depth(type['values']) | int if type['values'].kind == 'map' else (9 if type['values'].kind == 'struct' else 0))) }}
{%- endmacro %}
