{% macro is_plain_line(line, field, key_count) -%}
    {{ return(adapter.dispatch('is_plain_line')(line, field, key_count)) }}
{%- endmacro %}

{% macro duckdb__is_plain_line(line, field, key_count) -%}
    {#-
        If a line has as many keys as fields were found, no key is unknown, repeated or in another
        case.
    -#}
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
        To write the line again takes a fifth of the time that Spark needs to list its keys. If the
        result equals the line, the line has only these fields and is JSON in UTF-8.
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
    {#-
        The text of a field in JSON. Quotes are only sought where they are common, since that takes
        time.
    -#}
    {%- if name.startswith('ch_ua') or name == 'content_type' -%}
        replace(replace({{ value }}, chr(92), chr(92) || chr(92)), '"', chr(92) || '"')
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}
