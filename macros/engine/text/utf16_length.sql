{% macro utf16_length(text) -%}
    {{ return(adapter.dispatch('utf16_length')(text)) }}
{%- endmacro %}

{% macro duckdb__utf16_length(text) -%}
    case
        -- Only four-byte characters are two units; ASCII, nearly every text, has none.
        when strlen({{ text }}) = length({{ text }}) then length({{ text }})
        else length({{ text }})
            + length(regexp_replace({{ text }}, '[^\x{10000}-\x{10FFFF}]', '', 'g'))
    end
{%- endmacro %}

{% macro spark__utf16_length(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then length({{ text }})
        else cast(octet_length(encode({{ text }}, 'UTF-16BE')) / 2 as integer)
    end
{%- endmacro %}
