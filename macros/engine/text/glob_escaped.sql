{% macro glob_escaped(path) -%}
    {#-
        A path as a pattern that it alone fits, for DuckDB and for Python: signs of patterns stand in
        brackets. Neither engine could say a backslash; wikilake/lake/paths.py refuses it.
    -#}
    {{ return(modules.re.sub('([*?\\[])', '[\\1]', path)) }}
{%- endmacro %}

{% macro hadoop_escaped(path) -%}
    {#- The same for Spark, which asks Hadoop: there a backslash escapes, and braces mean something. -#}
    {{ return(modules.re.sub('([\\[\\]{}*?])', '\\\\\\1', path)) }}
{%- endmacro %}
