{% macro date_of(text) -%}
    {{ return(adapter.dispatch('date_of')(text)) }}
{%- endmacro %}

{% macro duckdb__date_of(text) -%}
    try_cast(substr({{ text }}, 1, 10) as date)
{%- endmacro %}

{% macro spark__date_of(text) -%}
    case
        -- Spark would read a year or a month as a date.
        when {{ text }} rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}
