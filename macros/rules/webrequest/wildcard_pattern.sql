{% macro wildcard_pattern(text, any_character='.') -%}
    {#-
        The regular expression of a seed's text: every character matches itself, `?` any one.
        Special characters are written by their number, which all dialects read alike.
    -#}
    {%- set pattern = namespace(sql=text) -%}
    {%- for character, number in {
        '\\': '5c', '$': '24', '(': '28', ')': '29', '*': '2a', '+': '2b', '[': '5b', ']': '5d',
        '^': '5e', '{': '7b', '|': '7c', '}': '7d',
    }.items() -%}
        {%- set pattern.sql = 'replace(' ~ pattern.sql ~ ', ' ~ literal(character) ~ ', ' ~ literal('\\x' ~ number) ~ ')' -%}
    {%- endfor -%}
    replace(replace({{ pattern.sql }}, '.', '[.]'), '?', {{ literal(any_character) }})
{%- endmacro %}
