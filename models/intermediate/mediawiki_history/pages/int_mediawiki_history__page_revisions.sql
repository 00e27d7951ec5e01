with

revisions as (

    select * from {{ ref('stg_mediawiki__revisions') }}

),

archived as (

    select * from {{ ref('stg_mediawiki__archived_revisions') }}

),

page_revisions as (

    select
        wiki_db,
        rev_id,
        rev_page as page_id,
        rev_timestamp as revision_time,
        rev_actor as actor_id
    from revisions
    union all
    select
        wiki_db,
        ar_rev_id as rev_id,
        ar_page_id as page_id,
        ar_timestamp as revision_time,
        ar_actor as actor_id
    from archived
    where
        ar_rev_id > 0
        and ar_page_id > 0

)

select * from page_revisions
