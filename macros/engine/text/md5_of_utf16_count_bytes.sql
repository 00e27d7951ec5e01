{% macro md5_of_utf16_count_bytes(text) -%}
    {{ return(adapter.dispatch('md5_of_utf16_count_bytes')(text)) }}
{%- endmacro %}

{% macro duckdb__md5_of_utf16_count_bytes(text) -%}
    case
        when strlen({{ text }}) = length({{ text }}) then md5({{ text }})
        else md5(encode({{ text }})[1:{{ utf16_length(text) }}])
    end
{%- endmacro %}

{% macro spark__md5_of_utf16_count_bytes(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then md5({{ text }})
        else md5(substring(encode({{ text }}, 'UTF-8'), 1, {{ utf16_length(text) }}))
    end
{%- endmacro %}
