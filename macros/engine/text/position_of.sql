{% macro position_of(part, text) -%}
    {{ return(adapter.dispatch('position_of')(part, text)) }}
{%- endmacro %}

{% macro duckdb__position_of(part, text) -%}
    instr({{ text }}, {{ part }})
{%- endmacro %}

{% macro spark__position_of(part, text) -%}
    instr({{ text }}, {{ part }})
{%- endmacro %}
