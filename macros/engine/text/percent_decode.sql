{% macro percent_decode(text) -%}
    {{ return(adapter.dispatch('percent_decode')(text)) }}
{%- endmacro %}

{% macro duckdb__percent_decode(text) -%}
    {#- DuckDB's function is fast, but it stops the query at bytes that are not UTF-8. -#}
    case
        when {{ text }} not like '%\%%' escape '\' then {{ text }}
        when {{ is_encoded_utf8(text) }} then url_decode({{ text }})
        else percent_decode({{ text }})
    end
{%- endmacro %}

{% macro spark__percent_decode(text) -%}
    {#- Java's decoder, but a plus and a lone percent sign stay as they are. -#}
    case
        when instr({{ text }}, '%') = 0 then {{ text }}
        else url_decode(regexp_replace(replace({{ text }}, '+', '%2B'), '%(?![0-9A-Fa-f]{2})', '%25'))
    end
{%- endmacro %}

{% macro is_encoded_utf8(text) -%}
    {#-
        Whether all codes of a percent-encoded text are well-formed UTF-8: it consists of other
        characters, ASCII codes and whole characters of two to four codes. A `%` that two digits do
        not follow is not a code; since RE2 cannot look ahead, the same step takes what ends it.
    -#}
    {%- set x = '[0-9A-Fa-f]' -%}
    {%- set c = '%[89ABab]' ~ x -%}
    {%- set codes = [
        '[0-7]' ~ x,
        '(?:[Cc][2-9A-Fa-f]|[Dd]' ~ x ~ ')' ~ c,
        '(?:[Ee]0%[ABab]' ~ x ~ '|[Ee][Dd]%[89]' ~ x ~ '|[Ee][1-9A-Ca-cEeFf]' ~ c ~ ')' ~ c,
        '(?:[Ff]0%[9ABab]' ~ x ~ '|[Ff]4%8' ~ x ~ '|[Ff][1-3]' ~ c ~ ')' ~ c ~ c,
    ] | join('|') -%}
    {%- set no_code = '(?:%' ~ x ~ '?)*' -%}
    {{ regex_matches(text, '^(?:' ~ x ~ '|' ~ no_code ~ '(?:[^%0-9A-Fa-f]|%(?:' ~ codes ~ ')))*' ~ no_code ~ '$') }}
{%- endmacro %}
