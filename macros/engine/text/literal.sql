{% macro literal(value) -%}
    {#-
        Only this macro turns the value of a variable, a setting or a file name into SQL. A quote or
        a backslash in it stays a character of the text on every engine.
    -#}
    {{ return(adapter.dispatch('literal')(value | string)) }}
{%- endmacro %}

{% macro literals(values) -%}
    {#- Several literals, separated by commas. -#}
    {%- set quoted = [] -%}
    {%- for value in values %}{% do quoted.append(literal(value)) %}{% endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}

{% macro duckdb__literal(text) -%}
    {{ return("'" ~ text | replace("'", "''") ~ "'") }}
{%- endmacro %}

{% macro spark__literal(text) -%}
    {{ return("'" ~ text | replace('\\', '\\\\') | replace("'", "\\'") ~ "'") }}
{%- endmacro %}
