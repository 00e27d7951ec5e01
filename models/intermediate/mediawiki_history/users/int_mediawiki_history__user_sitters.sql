{{ config(materialized='table') }}

with recursive

users as (

    select
        wiki_db,
        user_name,
        min(user_id) as user_id
    from {{ ref('stg_mediawiki__users') }}
    group by
        wiki_db,
        user_name

),

touches as (

    select * from {{ ref('int_mediawiki_history__user_touches') }}

),

renames as (

    select * from touches
    where role = 'to'

),

moved (wiki_db, place, user_id) as (

    select
        renames.wiki_db,
        renames.place,
        users.user_id
    from renames
    inner join users
        on
            renames.wiki_db = users.wiki_db
            and renames.touched_name = users.user_name
    where renames.brought_by is null
    union all
    select
        renames.wiki_db,
        renames.place,
        moved.user_id
    from renames
    inner join moved
        on
            renames.wiki_db = moved.wiki_db
            and renames.brought_by = moved.place

),

sitters as (

    select
        touches.wiki_db,
        touches.place,
        touches.role,
        touches.touched_name,
        case when touches.brought_by is null then users.user_id else moved.user_id end as user_id
    from touches
    left join users
        on
            touches.wiki_db = users.wiki_db
            and touches.touched_name = users.user_name
    left join moved
        on
            touches.wiki_db = moved.wiki_db
            and touches.brought_by = moved.place

)

select * from sitters
