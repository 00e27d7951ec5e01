{% macro competition_rank(count, keys) -%}
    {#- The place in a list by count, ties sharing one: 1, 1, 3. -#}
    rank() over (partition by {{ keys | join(', ') }} order by {{ count }} desc)
{%- endmacro %}

{% macro is_within_top(count, keys, places=1000) -%}
    {#-
        Whether a row is listed among the first so many: a tie that reaches across the last place is
        left out whole, so that no row is listed by chance.
    -#}
    count(*) over (
        partition by {{ keys | join(', ') }} order by {{ count }} desc
        range between unbounded preceding and current row
    ) <= {{ places }}
{%- endmacro %}
