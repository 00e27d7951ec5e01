{% macro glob_escaped(path) -%}
    {#-
        A path as a pattern that matches only itself, for DuckDB and for Python: wildcards are put
        in brackets. Neither engine can express a backslash; wikilake/lake/paths.py refuses it.
    -#}
    {{ return(modules.re.sub('([*?\\[])', '[\\1]', path)) }}
{%- endmacro %}

{% macro hadoop_escaped(path) -%}
    {#-
        The same for Spark, which asks Hadoop: there a backslash escapes, and braces are wildcards
        too.
    -#}
    {{ return(modules.re.sub('([\\[\\]{}*?])', '\\\\\\1', path)) }}
{%- endmacro %}
