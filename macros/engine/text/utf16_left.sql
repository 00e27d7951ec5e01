{% macro utf16_left(text, units) -%}
    {{ return(adapter.dispatch('utf16_left')(text, units)) }}
{%- endmacro %}

{% macro duckdb__utf16_left(text, units) -%}
    case
        when strlen({{ text }}) <= {{ units }} then {{ text }}
        when strlen({{ text }}) = length({{ text }}) then left({{ text }}, {{ units }})
        else replace(
            regexp_replace(
                left(
                    regexp_replace({{ text }}, '([\x{10000}-\x{10FFFF}])', chr(65534) || '\1', 'g'),
                    {{ units }}
                ),
                chr(65534) || '$',
                '?'
            ),
            chr(65534),
            ''
        )
    end
{%- endmacro %}

{% macro spark__utf16_left(text, units) -%}
    {#- U+FFFE, which no text has, stands for the first half of a character of two units. -#}
    {%- set half = '\ufffe' -%}
    case
        when octet_length({{ text }}) <= {{ units }} then {{ text }}
        when octet_length({{ text }}) = length({{ text }}) then left({{ text }}, {{ units }})
        else replace(
            regexp_replace(
                left(regexp_replace({{ text }}, r'([\x{10000}-\x{10FFFF}])', '{{ half }}$1'), {{ units }}),
                r'{{ half }}\z',
                '?'
            ),
            '{{ half }}',
            ''
        )
    end
{%- endmacro %}
