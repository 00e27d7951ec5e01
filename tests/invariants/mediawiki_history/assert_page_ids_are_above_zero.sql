{{ config(group='history', severity='warn') }}
-- Events of pages and revisions name a page that exists (spec 9.2); deleted ones may not.
with

events as (

    select * from {{ ref('stg_mediawiki_history__events') }}

),

without_page as (

    select
        wiki_db,
        event_entity,
        count(*) as events
    from events
    where
        (event_entity = 'page' and page_is_deleted = false and coalesce(page_id, 0) <= 0)
        or (
            event_entity = 'revision'
            and revision_is_deleted_by_page_deletion = false
            and coalesce(page_id, 0) <= 0
        )
    group by
        wiki_db,
        event_entity

)

select * from without_page
