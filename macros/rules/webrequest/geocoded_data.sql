{% macro geocoded_keys() -%}
    {#- The keys of geocoded_data; each is a column where the map is split (spec 2.16). -#}
    {%- set keys = ['continent', 'country_code', 'country', 'subdivision', 'city', 'timezone'] -%}
    {%- if version_at_least('0.0.24') -%}
        {{ return(keys + ['subdivision_code']) }}
    {%- endif -%}
    {{ return(keys + ['postal_code', 'latitude', 'longitude']) }}
{%- endmacro %}

{% macro if_both_known(value, other) -%}
    {#- In 0.0.19, a value that counts only together with another: null where the other is. Else the value. -#}
    {{ value if version_at_least('0.0.20') else 'case when ' ~ other ~ ' is not null then ' ~ value ~ ' end' }}
{%- endmacro %}

{% macro is_located(provenance, is_plain) -%}
    {#-
        Whether an address is looked up: addresses of our own networks are not, nor texts with
        blanks around them. In 0.0.19 every network was.
    -#}
    {{ is_plain }}{{ ' and ' ~ provenance ~ ' is null' if version_at_least('0.0.20') }}
{%- endmacro %}
