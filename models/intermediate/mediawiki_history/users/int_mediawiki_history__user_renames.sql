{{ config(materialized='table') }}

with recursive

renames as (

    select
        wiki_db,
        place,
        old_name,
        name
    from {{ ref('int_mediawiki_history__user_events') }}
    where
        event_type = 'rename'
        and old_name <> name

),

touched as (

    select
        wiki_db,
        place,
        old_name,
        name,
        name as touched_name,
        false as is_left
    from renames
    union all
    select
        wiki_db,
        place,
        old_name,
        name,
        old_name as touched_name,
        true as is_left
    from renames

),

-- The later rename that left the name to which this one leads: the same account (UW1).
followed as (

    select
        *,
        lag(is_left) over (
            partition by
                wiki_db,
                touched_name
            order by place
        ) as is_left_next,
        lag(place) over (
            partition by
                wiki_db,
                touched_name
            order by place
        ) as next_place
    from touched

),

linked as (

    select
        wiki_db,
        place,
        old_name,
        name,
        case when is_left_next then next_place end as next_place
    from followed
    where not is_left

),

named (wiki_db, place, old_name, todays_name) as (

    select
        wiki_db,
        place,
        old_name,
        name
    from linked
    where next_place is null
    union all
    select
        linked.wiki_db,
        linked.place,
        linked.old_name,
        named.todays_name
    from linked
    inner join named
        on
            linked.wiki_db = named.wiki_db
            and linked.next_place = named.place

)

select * from named
