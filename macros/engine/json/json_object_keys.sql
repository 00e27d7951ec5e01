{% macro json_object_keys(line, field) -%}
    {{ return(adapter.dispatch('json_object_keys')(line, field)) }}
{%- endmacro %}

{% macro duckdb__json_object_keys(line, field) -%}
    case when {{ field }} is not null then json_keys({{ line }}) end
{%- endmacro %}

{% macro spark__json_object_keys(line, field) -%}
    {#-
        Neither function of Spark looks behind the object. If the first closing brace ends the line,
        nothing follows; else the line must work as the only member of an array and of an object.
    -#}
    case
        when {{ field }}._broken is not null then null
        when {{ has_half_surrogate_pair(line) }} then null
        when startswith({{ line }}, '{{ "{" }}')
            and endswith({{ line }}, '}')
            -- This searches bytes, since searching characters takes five times as long.
            and not contains(substring(cast({{ line }} as binary), 1, octet_length({{ line }}) - 1), X'7D')
            then json_object_keys({{ line }})
        when not {{ line }} rlike r'\A[ \t\r]*+[{]' then null
        when json_array_length('[' || {{ line }} || ']') = 1
            and json_object_keys('{{ '{"":' }}' || {{ line }} || '}') is not null
            then json_object_keys({{ line }})
    end
{%- endmacro %}

{% macro has_half_surrogate_pair(line) -%}
    {#-
        Whether JSON has an escape for half a surrogate pair, of which Spark makes a question mark.
        What is left when escaped backslashes and whole pairs are set aside has none.
    -#}
    {%- set half = "r'\\\\u[dD][89a-fA-F]'" -%}
    {%- set pair = "r'\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}'" -%}
    (
        {{ line }} rlike {{ half }}
        and regexp_replace(replace({{ line }}, r'\\', ' '), {{ pair }}, ' ') rlike {{ half }}
    )
{%- endmacro %}
