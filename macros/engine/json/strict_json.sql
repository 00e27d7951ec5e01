{% macro strict_json(line) -%}
    {{ return(adapter.dispatch('strict_json')(line)) }}
{%- endmacro %}

{% macro duckdb__strict_json(line) -%}
    {#-
        DuckDB's parser takes more than JSON, so lines in doubt are looked through: those with a value
        that is neither text nor a short number, or with a very long key. The search from colon to
        colon costs half of one from key to key, but takes groups of an IPv6 address such as `:4e2` for
        numbers, in a line of fifty; only such lines are searched from key to key. Small fractions are
        in doubt in fields of texts alone: not where the time is one, as of most requests.
    -#}
    {%- set number = '-?[0-9]+(?:[.][0-9]+)?[eE](?:[+]?[0-9]|-[0-9]{8})|-?[0-9]{8,}[.]|-?[0-9.]{32}' -%}
    {%- set small = '-?0[.]000|-?[0-9][0-9.]*[eE]-' -%}
    {%- set doubtful = '[[{]|-?[nNiI][aAnN][nNfF]|' ~ number -%}
    {%- set value = ':[ \t\r]*(?:' -%}
    {%- set value_of_key = '"[ \t\r]*' ~ value -%}
    {%- set without_time = "replace(" ~ line ~ ", '\"time_firstbyte\":', '')" -%}
    case
        when strlen({{ line }}) > 50000 then strict_json({{ line }})
        when not regexp_matches({{ line }}, '{{ value }}{{ small }}|{{ doubtful }})') then {{ line }}
        when regexp_matches({{ line }}, '{{ value_of_key }}{{ doubtful }})')
            or regexp_matches({{ without_time }}, '{{ value_of_key }}{{ small }})')
            then strict_json({{ line }})
        else {{ line }}
    end
{%- endmacro %}

{% macro spark__strict_json(line) -%}
    {{ line }}
{%- endmacro %}
