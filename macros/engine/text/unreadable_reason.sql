{% macro unreadable_reason(line) -%}
    {{ return(adapter.dispatch('unreadable_reason')(line)) }}
{%- endmacro %}

{% macro duckdb__unreadable_reason(line) -%}
    cast(null as varchar)
{%- endmacro %}

{% macro spark__unreadable_reason(line) -%}
    case
        when octet_length({{ line }}) > 16777216 then 'too_long'
        when not is_valid_utf8({{ line }}) then 'not_utf8'
    end
{%- endmacro %}
