{% macro truth_value(column) -%}
    {#-
        The value that a cell of a truth table means. Seeds are plain text without nulls, so what
        a cell cannot hold or an eye cannot see is written as a word in angle brackets: `<null>`
        as the whole cell, the others anywhere in it.
    -#}
    {%- set meanings = {
        '<empty>': "''",
        '<space>': "' '",
        '<nul>': 'chr(0)',
        '<tab>': 'chr(9)',
        '<lf>': 'chr(10)',
        '<cr>': 'chr(13)',
        '<soh>': 'chr(1)',
        '<vt>': 'chr(11)',
        '<ff>': 'chr(12)',
        '<del>': 'chr(127)',
        '<nel>': "'\u0085'",
        '<paragraph separator>': "'\u2029'",
        '<line separator>': "'\u2028'",
        '<100 x>': "repeat('x', 100)",
    } -%}
    {%- set value = namespace(sql=column) -%}
    {%- for word, meaning in meanings.items() -%}
        {%- set value.sql = 'replace(' ~ value.sql ~ ", '" ~ word ~ "', " ~ meaning ~ ')' -%}
    {%- endfor -%}
    case when {{ column }} <> '<null>' then {{ value.sql }} end
{%- endmacro %}
