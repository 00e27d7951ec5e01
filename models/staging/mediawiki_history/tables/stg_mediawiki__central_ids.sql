with

local_users as (

    {{ mediawiki_rows(source('mediawiki', 'centralauth_localuser')) }}

),

central_ids as (

    select
        lu_wiki as wiki_db,
        lu_local_id as user_id,
        min(lu_global_id) as user_central_id
    from local_users
    group by
        lu_wiki,
        lu_local_id

)

select * from central_ids
