{% macro combined_sha1(one, other) -%}
    {#- The hash of two parts of a revision: that of their hashes, in base 36 (J4). -#}
    {{ base36_of_hex('sha1(' ~ one ~ ' || ' ~ other ~ ')') }}
{%- endmacro %}
