{% macro is_shown_part(bits, part) -%}
    {#-
        Whether a part of a revision or log row is shown: 1 is its text, or what was done and to
        what, 2 its comment, 4 its author (R8).
    -#}
    coalesce(({{ bits }} & {{ part }}) = 0, true)
{%- endmacro %}

{% macro shown_part(value, bits, part) -%}
    {#- A value of a row, NULL where its bits hide the part; 15 means any part. -#}
    case when {{ is_shown_part(bits, part) }} then {{ value }} end
{%- endmacro %}

{% macro shown_revision_comment(comment, bits, is_archived) -%}
    {#- The summary of a revision; an empty one is no secret, and the original shows it (R8). -#}
    case
        when not {{ is_archived }} and ({{ is_shown_part(bits, 2) }} or {{ comment }} = '')
            then {{ comment }}
    end
{%- endmacro %}

{% macro deleted_parts(bits) -%}
    {#- The hidden parts of a revision; NULL when the bits are (R8). -#}
    case
        when {{ bits }} is not null
            then {{ array_without_nulls([
                "case when (" ~ bits ~ " & 1) <> 0 then 'text' end",
                "case when (" ~ bits ~ " & 2) <> 0 then 'comment' end",
                "case when (" ~ bits ~ " & 4) <> 0 then 'user' end",
            ]) }}
    end
{%- endmacro %}
