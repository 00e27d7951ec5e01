{% macro serving_domain() -%}
    {#- The domain that every row of a serving table carries, as the original writes it. -#}
    'analytics.wikimedia.org'
{%- endmacro %}

{% macro serving_tid() -%}
    {#- The constant time identifier that every row of a serving table carries. -#}
    '13814000-1dd2-11b2-8080-808080808080'
{%- endmacro %}

{% macro padded(number, digits=2) -%}
    {#- A whole number as text with leading zeros: 9 is `09`. -#}
    lpad(cast({{ number }} as {{ dbt.type_string() }}), {{ digits }}, '0')
{%- endmacro %}

{% macro serving_timestamp(hour="'00'") -%}
    {#- The day of a row as `YYYYMMDDHH`, for days with hour `00`. -#}
    {{ padded('year', 4) }} || {{ padded('month') }} || {{ padded('day') }}{{ ' || ' ~ hour if hour }}
{%- endmacro %}

{% macro with_hyphen(text) -%}
    {#- An access method as serving tables write it: `mobile-web`. -#}
    replace({{ text }}, ' ', '-')
{%- endmacro %}

{% macro or_all(column, word) -%}
    {#-
        The word of a roll-up for a dimension that it is over. As in the original a real NULL gets
        the word, too, in a row of its own.
    -#}
    coalesce({{ column }}, '{{ word }}')
{%- endmacro %}

{% macro article_text(title) -%}
    {#- A title without its tabs, which would end the field of a dump. -#}
    replace({{ title }}, chr(9), '')
{%- endmacro %}

{% macro ceiled_to(number, step) -%}
    {#- The smallest multiple of a step that is not below the number: 101 to 100s is 200. -#}
    ({{ number }} + {{ step - 1 }} - ({{ number }} + {{ step - 1 }}) % {{ step }})
{%- endmacro %}

{% macro count_of_text(text, part) -%}
    {#- How often a part stands in a text. -#}
    ((length({{ text }}) - length(replace({{ text }}, {{ literal(part) }}, ''))) / {{ part | length }})
{%- endmacro %}
