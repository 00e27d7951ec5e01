{% macro strict_json(line) -%}
    {{ return(adapter.dispatch('strict_json')(line)) }}
{%- endmacro %}

{% macro duckdb__strict_json(line) -%}
    {#-
        DuckDB's parser takes more than JSON, so lines in doubt are looked through: those with a value
        that is neither text nor a short number, or with a very long key. One search from colon to
        colon, which costs a sixth of one that knows what is within a text. Small fractions are in
        doubt in fields of texts alone; where a time is one, as of most requests, two more searches
        tell.
    -#}
    {%- set number = '-?[0-9]+(?:[.][0-9]+)?[eE](?:[+]?[0-9]|-[0-9]{8})|-?[0-9]{8,}[.]|-?[0-9.]{32}' -%}
    {%- set small = '-?0[.]000|-?[0-9][0-9.]*[eE]-' -%}
    {%- set doubtful = '[[{]|-?[nNiI][aAnN][nNfF]|' ~ number -%}
    {%- set start = ':[ \t\r]*(?:' -%}
    {%- set without_time = "replace(" ~ line ~ ", '\"time_firstbyte\":', '')" -%}
    case
        when strlen({{ line }}) > 50000 then strict_json({{ line }})
        when not regexp_matches({{ line }}, '{{ start }}{{ small }}|{{ doubtful }})') then {{ line }}
        when regexp_matches({{ line }}, '{{ start }}{{ doubtful }})')
            or regexp_matches({{ without_time }}, '{{ start }}{{ small }})')
            then strict_json({{ line }})
        else {{ line }}
    end
{%- endmacro %}

{% macro spark__strict_json(line) -%}
    {{ line }}
{%- endmacro %}
