{{ config(materialized='table', tags=['history_from_tables']) }}

with

actors as (

    select * from {{ ref('stg_mediawiki__actors') }}

),

users as (

    select * from {{ ref('stg_mediawiki__users') }}

),

central_ids as (

    select * from {{ ref('stg_mediawiki__central_ids') }}

),

known as (

    select
        actors.wiki_db,
        actors.actor_id,
        actors.actor_user as user_id,
        central_ids.user_central_id,
        actors.actor_name as user_text,
        actors.actor_user is null as is_anonymous,
        users.is_temporary as has_temporary_account
    from actors
    left join users
        on
            actors.wiki_db = users.wiki_db
            and actors.actor_user = users.user_id
    left join central_ids
        on
            actors.wiki_db = central_ids.wiki_db
            and actors.actor_user = central_ids.user_id

),

-- Of an account that is not among the users only that it is an account is known (UE7).
performers as (

    select
        wiki_db,
        actor_id,
        user_id,
        user_central_id,
        user_text,
        is_anonymous,
        case when is_anonymous then false else has_temporary_account end as is_temporary,
        case when is_anonymous then false else not has_temporary_account end as is_permanent
    from known

)

select * from performers
