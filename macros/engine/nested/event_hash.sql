{% macro event_hash(value) -%}
    {#- The hash of a text of a row, with the salt of the row's hour (wikilake/streams/salts.py). -#}
    {{ return('event_hash(' ~ value ~ ', ' ~ hour_text() ~ ')') }}
{%- endmacro %}

{% macro event_hash_in_map(value) -%}
    {#- The same for a text in a value of a map. -#}
    {{ return(adapter.dispatch('event_hash_in_map')(value)) }}
{%- endmacro %}

{% macro duckdb__event_hash_in_map(value) -%}
    {{ return(event_hash(value)) }}
{%- endmacro %}

{% macro spark__event_hash_in_map(value) -%}
    {{ return('_hashes[' ~ value ~ ']') }}
{%- endmacro %}

{% macro hashes_of_maps(columns, rules) -%}
    {#-
        A further column of a `select`, from texts to their hashes, for the texts that lie in maps and
        are to be hashed. Only Spark needs it: it calls no such function for the values of a map.
    -#}
    {{ return(adapter.dispatch('hashes_of_maps')(columns, rules)) }}
{%- endmacro %}

{% macro duckdb__hashes_of_maps(columns, rules) -%}
{%- endmacro %}

{% macro spark__hashes_of_maps(columns, rules) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.extend(texts_to_hash(quoted_name(column.name), column.type, rules.get(column.name), false)) -%}
    {%- endfor -%}
    {%- if texts -%}
        {%- set all = 'array_distinct(array_compact(concat(' ~ texts | join(', ') ~ ')))' -%}
        , map_from_arrays({{ all }}, event_hashes({{ all }}, {{ hour_text() }})) as _hashes
    {%- endif -%}
{%- endmacro %}

{% macro texts_to_hash(value, type, rule, in_map) -%}
    {#- Arrays of the texts of a value that lie in maps and are to be hashed, as a list of expressions. -#}
    {%- set found = [] -%}
    {%- if rule == 'hash' and in_map -%}
        {%- do found.append('array(' ~ value ~ ')') -%}
    {%- elif type.kind == 'struct' and rule is mapping -%}
        {%- for part in type.fields -%}
            {%- do found.extend(texts_to_hash(value ~ '.' ~ quoted_name(part.name), part.type, rule.get(part.name), in_map)) -%}
        {%- endfor -%}
    {%- elif type.kind == 'map' and rule is not string -%}
        {%- set member = 'member_' ~ map_depth(type) -%}
        {%- for one in rule or [] -%}
            {%- for inner in texts_to_hash(member, type['values'], one.rule, true) -%}
                {%- set array = 'coalesce(flatten(transform(map_values(' ~ value ~ '), ' ~ member ~ ' -> ' ~ inner ~ ')), array())' -%}
                {%- if array not in found %}{% do found.append(array) %}{% endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
