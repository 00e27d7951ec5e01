{% macro spark_regex(pattern) -%}
    {#-
        A pattern as a literal in Java's dialect, where `$` would match before a last line feed and
        `.` not everything: outside of escapes and classes `$` becomes `\z`.
    -#}
    {%- set kept = '(\\\\.|\\[\\^?\\]?(?:\\\\.|[^]\\\\])*\\])' -%}
    {%- set parts = [] -%}
    {%- for part in modules.re.split(kept, pattern) -%}
        {%- do parts.append(part if loop.index0 % 2 else part | replace('$', '\\z')) -%}
    {%- endfor -%}
    {{ spark__literal('(?d)' ~ parts | join) }}
{%- endmacro %}
