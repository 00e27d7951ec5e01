{% macro history_digests(entity, key, edits) -%}
    {#-
        The eight countings of edits (spec 5): a day and a month, each user type and `all`, each page
        type and `all`. One row a `key` that edited or was edited; the key itself is not shown.
    -#}
    {%- for event_type, period in {'daily_digest': 'day', 'monthly_digest': 'month'}.items() -%}
    {%- for user_type in ['user_type', "'all'"] -%}
    {%- for page_type in ['page_type', "'all'"] %}
    select
        project,
        '{{ entity }}' as event_entity,
        '{{ event_type }}' as event_type,
        {{ period }} || '{{ '' if period == 'day' else '-01' }} 00:00:00.0' as event_timestamp,
        {{ user_type }} as user_type,
        {{ page_type }} as page_type,
        {{ bigint_sum('text_bytes_diff') }} as text_bytes_diff,
        {{ bigint_sum('text_bytes_diff_abs') }} as text_bytes_diff_abs,
        count(*) as revisions
    from {{ edits }}
    group by
        project,
        {{ key }},
        {%- if user_type == 'user_type' %}
        user_type,
        {%- endif %}
        {%- if page_type == 'page_type' %}
        page_type,
        {%- endif %}
        {{ period }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro absolute(number) -%}
    {#- A bigint without its sign; NULL for the smallest, which has none without it. -#}
    abs(case when {{ number }} >= -9223372036854775807 then {{ number }} end)
{%- endmacro %}
