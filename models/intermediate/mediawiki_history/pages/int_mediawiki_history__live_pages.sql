{{ config(materialized='table') }}

with

pages as (

    select * from {{ ref('stg_mediawiki__pages') }}

),

first_edits as (

    select * from {{ ref('int_mediawiki_history__page_first_edits') }}

),

-- A page without a revision that can be read is none (S4).
live_pages as (

    select
        pages.wiki_db,
        pages.page_id,
        pages.page_title,
        pages.page_namespace,
        pages.page_is_redirect,
        first_edits.first_edit,
        first_edits.actor_id
    from pages
    inner join first_edits
        on
            pages.wiki_db = first_edits.wiki_db
            and pages.page_id = first_edits.page_id

)

select * from live_pages
