{% macro is_plain_line(line, field, key_count) -%}
    {{ return(adapter.dispatch('is_plain_line')(line, field, key_count)) }}
{%- endmacro %}

{% macro duckdb__is_plain_line(line, field, key_count) -%}
    {#- With as many keys as fields that were found none is unknown, repeated or in another case. -#}
    coalesce(
        {{ key_count }} = (
            {%- for name in raw_fields() -%}
                cast({{ field }}.{{ name }} is not null as utinyint){{ ' + ' if not loop.last }}
            {%- endfor -%}
        ),
        false
    )
{%- endmacro %}

{% macro spark__is_plain_line(line, field, key_count) -%}
    {#-
        To write the line again takes a fifth of the time that Spark needs to list its keys. Where the
        two are one, it holds nothing but these fields, it is JSON and it is UTF-8.
    -#}
    coalesce(
        {{ line }} = concat(
            {%- for name in raw_fields() -%}
                {%- set quote = '' if name in raw_number_fields() else '"' -%}
                '{{ '{' if loop.first else ',' }}"{{ name }}":{{ quote }}', {{ written_value(field ~ '.' ~ name, name) }}, '{{ quote }}',
            {%- endfor -%}
            '}'
        ),
        false
    )
{%- endmacro %}

{% macro written_value(value, name) -%}
    {#- The text of a field in JSON. Quotes are looked for where they are common, since it takes time. -#}
    {%- if name.startswith('ch_ua') or name == 'content_type' -%}
        replace(replace({{ value }}, chr(92), chr(92) || chr(92)), '"', chr(92) || '"')
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}
