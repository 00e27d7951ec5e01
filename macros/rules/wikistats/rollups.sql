{% macro with_every(relation, column, members, kept) -%}
    {#-
        The rows of a relation once for each member of a dimension they count for: `members` are
        expressions, put in the place of `column`; rows where one is null are left out. The other
        columns, `kept`, stay.
    -#}
    {%- for member in members %}
    select
        {{ member }} as {{ column }},
        {{ kept | join(',\n        ') }}
    from {{ relation }}
    where {{ member }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro with_every_period(relation, kept) -%}
    {#- The rows of a relation once for their day and once for the first day of their month. -#}
    {%- for granularity, start in {
        'daily': date_of('event_timestamp'),
        'monthly': date_of("substr(event_timestamp, 1, 7) || '-01'"),
    }.items() %}
    select
        '{{ granularity }}' as granularity,
        {{ start }} as period_start,
        {{ kept | join(',\n        ') }}
    from {{ relation }}
    where {{ date_of('event_timestamp') }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
