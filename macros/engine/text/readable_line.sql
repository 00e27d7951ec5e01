{% macro readable_line(line) -%}
    {{ return(adapter.dispatch('readable_line')(line)) }}
{%- endmacro %}

{% macro duckdb__readable_line(line) -%}
    {{ line }}
{%- endmacro %}

{% macro spark__readable_line(line) -%}
    make_valid_utf8(substring(cast({{ line }} as binary), 1, 16777216))
{%- endmacro %}
