{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas have the same names in every target: wmf_raw, wmf, staging, … -#}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
