{{ config(materialized='table') }}

with

revisions as (

    select * from {{ ref('int_mediawiki_history__page_revisions') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                page_id
            order by
                revision_time,
                rev_id
        ) as number
    from revisions

),

first_edits as (

    select
        wiki_db,
        page_id,
        revision_time as first_edit,
        actor_id
    from ranked
    where number = 1

)

select * from first_edits
