{{ config(group='history', severity='warn') }}
-- These columns tell events apart upstream (spec 9.2).
with

events as (

    select * from {{ ref('stg_mediawiki_history__events') }}

),

repeated as (

    select
        wiki_db,
        event_entity,
        event_type,
        event_timestamp,
        event_user_text_historical,
        user_text_historical,
        page_id,
        revision_id,
        count(*) as events
    from events
    group by
        wiki_db,
        event_entity,
        event_type,
        event_timestamp,
        event_user_text_historical,
        user_text_historical,
        page_id,
        revision_id
    having count(*) > 1

)

select * from repeated
