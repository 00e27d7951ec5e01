{{ config(materialized='table') }}

with

accounts as (

    select * from {{ ref('stg_mediawiki__users') }}

),

first_edits as (

    select * from {{ ref('int_mediawiki_history__user_first_edits') }}

),

user_groups as (

    select * from {{ ref('stg_mediawiki__user_groups') }}

),

central_ids as (

    select * from {{ ref('stg_mediawiki__central_ids') }}

),

users as (

    select
        accounts.wiki_db,
        accounts.user_id,
        central_ids.user_central_id,
        accounts.user_name,
        case when {{ is_mediawiki_time('accounts.user_registration') }} then accounts.user_registration end
            as registration,
        first_edits.first_edit,
        accounts.is_temporary,
        coalesce(user_groups.user_groups, {{ empty_text_array() }}) as user_groups
    from accounts
    left join first_edits
        on
            accounts.wiki_db = first_edits.wiki_db
            and accounts.user_id = first_edits.user_id
    left join user_groups
        on
            accounts.wiki_db = user_groups.wiki_db
            and accounts.user_id = user_groups.user_id
    left join central_ids
        on
            accounts.wiki_db = central_ids.wiki_db
            and accounts.user_id = central_ids.user_id

)

select * from users
