with

memberships as (

    {{ mediawiki_rows(source('mediawiki', 'user_groups')) }}

),

user_groups as (

    select
        wiki_db,
        ug_user as user_id,
        {{ sorted_array_agg('ug_group') }} as user_groups
    from memberships
    where ug_group is not null
    group by
        wiki_db,
        ug_user

)

select * from user_groups
