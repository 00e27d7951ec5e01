{{ config(materialized='table') }}

with

archived as (

    select * from {{ ref('stg_mediawiki__archived_revisions') }}

),

live_pages as (

    select * from {{ ref('int_mediawiki_history__live_pages') }}

),

-- Neither the page nor its title is there today (PI2).
gone as (

    select archived.*
    from archived
    left join live_pages as live_ids
        on
            archived.wiki_db = live_ids.wiki_db
            and archived.ar_page_id = live_ids.page_id
    left join live_pages as live_titles
        on
            archived.wiki_db = live_titles.wiki_db
            and archived.ar_title = live_titles.page_title
            and archived.ar_namespace = live_titles.page_namespace
    where
        archived.ar_page_id > 0
        and live_ids.page_id is null
        and live_titles.page_id is null

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                ar_page_id
            order by
                ar_timestamp,
                ar_rev_id
        ) as number
    from gone

),

titles as (

    select distinct
        wiki_db,
        ar_page_id,
        ar_title,
        ar_namespace
    from gone

),

archived_pages as (

    select
        titles.wiki_db,
        titles.ar_page_id as page_id,
        titles.ar_title as page_title,
        titles.ar_namespace as page_namespace,
        cast(null as boolean) as page_is_redirect,
        ranked.ar_timestamp as first_edit,
        ranked.ar_actor as actor_id
    from titles
    inner join ranked
        on
            titles.wiki_db = ranked.wiki_db
            and titles.ar_page_id = ranked.ar_page_id
    where ranked.number = 1

)

select * from archived_pages
