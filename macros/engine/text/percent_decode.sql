{% macro percent_decode(text) -%}
    {{ return(adapter.dispatch('percent_decode')(text)) }}
{%- endmacro %}

{% macro duckdb__percent_decode(text) -%}
    case
        when {{ text }} not like '%\%%' escape '\' then {{ text }}
        else coalesce(try(url_decode({{ text }})), url_decode({{ percent_well_formed(text) }}))
    end
{%- endmacro %}

{% macro spark__percent_decode(text) -%}
    {#- Java's decoder, kept from what it would make of a plus and of a percent sign alone. -#}
    case
        when instr({{ text }}, '%') = 0 then {{ text }}
        else url_decode(regexp_replace(replace({{ text }}, '+', '%2B'), '%(?![0-9A-Fa-f]{2})', '%25'))
    end
{%- endmacro %}

{% macro percent_well_formed(text) -%}
    {#-
        Percent-encoded text in which every ill-formed UTF-8 sequence is %EF%BF%BD (U+FFFD), counted
        as Java counts: well-formed sequences are set aside with the byte 0x01 in place of `%`, what
        is left of lead and continuation bytes is replaced longest run first.
    -#}
    {%- set c = '[89ABab][0-9A-Fa-f]' -%}
    {%- set x = '[0-9A-Fa-f]' -%}
    {%- set two = '%((?:[Cc][2-9A-Fa-f])|(?:[Dd]' ~ x ~ '))%(' ~ c ~ ')' -%}
    {%- set three = '%((?:[Ee]0%[ABab]' ~ x ~ ')|(?:[Ee][1-9A-Ca-cEeFf]%' ~ c ~ ')|(?:[Ee][Dd]%[89]' ~ x ~ '))%(' ~ c ~ ')' -%}
    {%- set four = '%((?:[Ff]0%[9ABab]' ~ x ~ ')|(?:[Ff][1-3]%' ~ c ~ ')|(?:[Ff]4%8' ~ x ~ '))%(' ~ c ~ ')%(' ~ c ~ ')' -%}
    {%- set ill_formed = [
        '%[Ff]0%[9ABab]' ~ x ~ '(?:%' ~ c ~ ')?',
        '%[Ff][1-3]%' ~ c ~ '(?:%' ~ c ~ ')?',
        '%[Ff]4%8' ~ x ~ '(?:%' ~ c ~ ')?',
        '%[Ee]0%[ABab]' ~ x,
        '%[Ee][Dd]%[ABab]' ~ x ~ '(?:%' ~ c ~ ')?',
        '%[Ee][1-9A-Fa-f]%' ~ c,
        '%[89A-Fa-f]' ~ x,
    ] | join('|') -%}
    {%- set aside = regex_replace_all(text, four, '\x01$1\x01$2\x01$3') -%}
    {%- set aside = regex_replace_all(aside, three, '\x01$1\x01$2') -%}
    {%- set aside = regex_replace_all(aside, two, '\x01$1\x01$2') -%}
    replace({{ regex_replace_all(aside, ill_formed, '%EF%BF%BD') }}, chr(1), '%')
{%- endmacro %}
