{{ config(materialized='table') }}

with

revisions as (

    select
        wiki_db,
        page_id,
        revision_number,
        {{ history_timestamp('revision_time') }} as revision_timestamp
    from {{ ref('int_mediawiki_history__revisions') }}
    where page_id > 0

),

states as (

    select * from {{ ref('int_mediawiki_history__numbered_page_states') }}
    where is_looked_up

),

-- Of several states that hold the first one is the revision's (D3).
revision_pages as (

    select
        revisions.wiki_db,
        revisions.revision_number,
        min(states.state_number) as state_number
    from revisions
    inner join states
        on
            revisions.wiki_db = states.wiki_db
            and revisions.page_id = states.page_id
            and {{ holds_at('states.holds_from', 'states.end_timestamp', 'revisions.revision_timestamp') }}
    group by
        revisions.wiki_db,
        revisions.revision_number

)

select * from revision_pages
