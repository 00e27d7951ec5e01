{%- set row = {
    'wiki_db': 'states.wiki_db',
    'event_log_id': 'states.source_log_id',
    'event_entity': "'page'",
    'event_type': 'states.caused_by_event_type',
    'event_timestamp': 'states.start_timestamp',
    'page_id': 'states.page_id',
} -%}
{%- do row.update(of_page('states')) -%}
{%- do row.update(of_performer('user_states', {
    'id': 'states.caused_by_user_id',
    'central_id': 'states.caused_by_user_central_id',
    'text_historical': 'states.caused_by_user_text',
    'text': 'case when states.caused_by_anonymous_user then states.caused_by_user_text end',
    'is_anonymous': 'states.caused_by_anonymous_user',
    'is_temporary': 'states.caused_by_temporary_user',
    'is_permanent': 'states.caused_by_permanent_user',
})) -%}

with

states as (

    select * from {{ ref('int_mediawiki_history__numbered_page_states') }}

),

event_users as (

    select * from {{ ref('int_mediawiki_history__event_users') }}
    where event_entity = 'page'

),

user_states as (

    select * from {{ ref('int_mediawiki_history__numbered_user_states') }}

),

page_state_events as (

    select
        {{ mediawiki_history_event(row) }}
    from states
    left join event_users
        on
            states.wiki_db = event_users.wiki_db
            and states.state_number = event_users.event_number
    left join user_states
        on
            event_users.wiki_db = user_states.wiki_db
            and event_users.state_number = user_states.state_number

)

select * from page_state_events
