{{ config(materialized='table') }}

with

user_events as (

    select * from {{ ref('int_mediawiki_history__user_events') }}

),

renames as (

    select * from {{ ref('int_mediawiki_history__user_renames') }}

),

-- MediaWiki rewrites titles to the name of today: they mean whom a later rename led there (UW1).
looked_up as (

    select
        wiki_db,
        place,
        event_type,
        name,
        cast(null as string) as old_name
    from user_events
    where event_type <> 'rename'
    union all
    select
        wiki_db,
        place,
        'rename' as event_type,
        todays_name as name,
        old_name
    from renames

),

keyed as (

    select
        *,
        {{ last_known("old_name") }} over (
            partition by
                wiki_db,
                name
            order by place
            rows between unbounded preceding and 1 preceding
        ) as name_before
    from looked_up

),

touches as (

    select
        wiki_db,
        place,
        coalesce(name_before, name) as touched_name,
        case when event_type = 'create' then 'create' else 'other' end as role
    from keyed
    where event_type <> 'rename'
    union all
    select
        wiki_db,
        place,
        name as touched_name,
        case when name = old_name then 'same' else 'to' end as role
    from user_events
    where event_type = 'rename'
    union all
    select
        wiki_db,
        place,
        old_name as touched_name,
        'from' as role
    from user_events
    where
        event_type = 'rename'
        and name <> old_name

),

-- The rename that brought who sits on the name, 0 when the name is left, NULL as long as it is
-- who has it today.
user_touches as (

    select
        *,
        {{ last_known("case when role = 'from' then place when role <> 'other' then 0 end") }} over (
            partition by
                wiki_db,
                touched_name
            order by place
            rows between unbounded preceding and 1 preceding
        ) as brought_by
    from touches

)

select * from user_touches
