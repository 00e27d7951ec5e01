{% macro wildcard_pattern(text) -%}
    {#- The regular expression of a seed's text: dots are dots, `?` is any one character. -#}
    replace(replace({{ text }}, '.', '[.]'), '?', '.')
{%- endmacro %}
