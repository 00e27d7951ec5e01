-- What each condition of a pageview says of each request of the hour, in the order in which they are
-- asked: the value that it looked at, and whether it holds. Behind `wikilake explain`; over a whole
-- hour this is twelve rows per request.
with

requests as (

    select * from {{ ref('int_webrequest__classified') }}

),

asked as (

    {%- for condition in pageview_conditions() %}
    select
        {{ loop.index }} as position,
        '{{ condition.name }}' as name,
        cast({{ condition.looks_at }} as {{ dbt.type_string() }}) as looked_at,
        coalesce({{ condition.holds }}, false) as holds
    from requests
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

explained as (

    select
        asked.position,
        asked.name,
        conditions.looks_at,
        asked.looked_at,
        asked.holds,
        conditions.sentence
    from asked
    inner join {{ ref('pageview_conditions') }} as conditions
        on asked.name = conditions.name

)

select * from explained
order by position
