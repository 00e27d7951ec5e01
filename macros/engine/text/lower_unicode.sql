{% macro lower_unicode(text) -%}
    {{ return(adapter.dispatch('lower_unicode')(text)) }}
{%- endmacro %}

{% macro duckdb__lower_unicode(text) -%}
    {#- DuckDB's function changes each letter by itself; what a sigma becomes depends on others. -#}
    case
        when contains({{ text }}, 'Σ') then lower_in_context({{ text }})
        else lower(replace({{ text }}, 'İ', 'i̇'))
    end
{%- endmacro %}

{% macro spark__lower_unicode(text) -%}
    lower({{ text }})
{%- endmacro %}
