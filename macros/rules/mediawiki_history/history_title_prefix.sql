{% macro history_title_prefix(canonical_name) -%}
    {#-
        The prefix of a title: the canonical name of its namespace and a colon, '' for the main one.
    -#}
    case when {{ canonical_name }} <> '' then {{ canonical_name }} || ':' else '' end
{%- endmacro %}
