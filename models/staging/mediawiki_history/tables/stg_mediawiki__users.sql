with

accounts as (

    {{ mediawiki_rows(source('mediawiki', 'user')) }}

),

users as (

    select distinct
        wiki_db,
        user_id,
        user_name,
        user_registration,
        coalesce(user_is_temp, false) as is_temporary
    from accounts
    where
        user_id > 0
        and user_name is not null

)

select * from users
