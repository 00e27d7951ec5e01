{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are called the same in every target: wmf_raw, wmf, staging, … -#}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
