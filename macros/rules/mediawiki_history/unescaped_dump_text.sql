{% macro unescaped_dump_text(text) -%}
    {#-
        A text as it was before a dump wrote tab, line feed and carriage return as a backslash and
        a letter. A backslash of its own before such a letter is lost in the dump (spec 1.3).
    -#}
    replace(
        replace(replace({{ text }}, chr(92) || 't', chr(9)), chr(92) || 'n', chr(10)),
        chr(92) || 'r',
        chr(13)
    )
{%- endmacro %}

{% macro dump_list(text) -%}
    {#-
        A list of bot reasons from its field in a dump. An empty field is an empty list when the
        performer's account is known, which another field tells; else it is null (spec 4.3).
    -#}
    case
        when {{ text }} is not null then {{ split_to_array(text, ',') }}
        when event_user_is_created_by_self is not null then {{ empty_text_array() }}
    end
{%- endmacro %}
