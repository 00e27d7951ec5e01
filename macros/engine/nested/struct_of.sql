{% macro struct_of(members) -%}
    {{ return(adapter.dispatch('struct_of')(members)) }}
{%- endmacro %}

{% macro duckdb__struct_of(members) -%}
    {
    {%- for name, value in members.items() %}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
    }
{%- endmacro %}

{% macro spark__struct_of(members) -%}
    named_struct(
    {%- for name, value in members.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}
