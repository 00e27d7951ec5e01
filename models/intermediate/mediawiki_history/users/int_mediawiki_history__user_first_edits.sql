{{ config(materialized='table') }}

with

edits as (

    select
        wiki_db,
        rev_actor as actor_id,
        rev_timestamp as edit_time
    from {{ ref('stg_mediawiki__revisions') }}
    union all
    select
        wiki_db,
        ar_actor as actor_id,
        ar_timestamp as edit_time
    from {{ ref('stg_mediawiki__archived_revisions') }}

),

performers as (

    select * from {{ ref('int_mediawiki_history__performers') }}

),

first_edits as (

    select
        performers.wiki_db,
        performers.user_id,
        min(edits.edit_time) as first_edit
    from edits
    inner join performers
        on
            edits.wiki_db = performers.wiki_db
            and edits.actor_id = performers.actor_id
    where performers.user_id > 0
    group by
        performers.wiki_db,
        performers.user_id

)

select * from first_edits
