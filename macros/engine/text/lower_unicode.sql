{% macro lower_unicode(text) -%}
    {{ return(adapter.dispatch('lower_unicode')(text)) }}
{%- endmacro %}

{% macro duckdb__lower_unicode(text) -%}
    lower(replace({{ text }}, 'İ', 'i̇'))
{%- endmacro %}

{% macro spark__lower_unicode(text) -%}
    lower({{ text }})
{%- endmacro %}
