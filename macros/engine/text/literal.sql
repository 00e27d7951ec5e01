{% macro literal(value) -%}
    {#-
        The only place that turns a value of a variable, a setting or a file's name into SQL. A
        quote or a backslash in it stays a character of the text, whatever the engine.
    -#}
    {{ return(adapter.dispatch('literal')(value | string)) }}
{%- endmacro %}

{% macro literals(values) -%}
    {#- Several of them, with commas between. -#}
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
