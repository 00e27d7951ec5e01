{{ config(materialized='table') }}

with

events as (

    select * from {{ ref('int_mediawiki_history__performed_events') }}

),

states as (

    select * from {{ ref('int_mediawiki_history__numbered_user_states') }}
    where is_looked_up

),

-- Of several states that hold the first one is the performer's (D3).
event_users as (

    select
        events.wiki_db,
        events.event_entity,
        events.event_number,
        min(states.state_number) as state_number
    from events
    inner join states
        on
            events.wiki_db = states.wiki_db
            and events.user_id = states.user_id
            and {{ holds_at('states.start_timestamp', 'states.end_timestamp', 'events.event_timestamp') }}
    where events.user_id > 0
    group by
        events.wiki_db,
        events.event_entity,
        events.event_number

)

select * from event_users
