-- A macro has the conditions of pageviews and a seed explains them: both list the same ones, in the
-- same order, as far as the run's definition has them.
with

asked as (

    {%- for condition in pageview_conditions() %}
    select
        '{{ condition.name }}' as name,
        '{{ condition.looks_at }}' as looks_at,
        {{ loop.index }} as position
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

explained as (

    select * from {{ ref('pageview_conditions') }}
    where name <> 'pageview'

),

different as (

    select
        asked.name as asked_name,
        explained.name as explained_name
    from asked
    full outer join explained
        on
            asked.name = explained.name
            and asked.looks_at = explained.looks_at
            and asked.position = explained.position
    where
        asked.name is null
        or explained.name is null

)

select * from different
