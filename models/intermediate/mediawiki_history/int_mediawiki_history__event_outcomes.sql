{{ config(tags=['history_from_tables']) }}

with

log_events as (

    select * from {{ ref('stg_mediawiki__log_events') }}

),

user_log as (

    select * from {{ ref('int_mediawiki_history__user_log') }}

),

user_events as (

    select * from {{ ref('int_mediawiki_history__user_events') }}

),

user_states as (

    select * from {{ ref('int_mediawiki_history__user_states') }}

),

page_log as (

    select * from {{ ref('int_mediawiki_history__page_log') }}

),

page_events as (

    select * from {{ ref('int_mediawiki_history__page_events') }}

),

page_states as (

    select distinct
        wiki_db,
        cause_place
    from {{ ref('int_mediawiki_history__page_walk') }}
    where cause_place is not null

),

revisions as (

    select * from {{ ref('int_mediawiki_history__revisions') }}

),

revision_pages as (

    select * from {{ ref('int_mediawiki_history__revision_pages') }}

),

outcomes as (

    select
        wiki_db,
        {{ log_entity() }} as event_entity,
        log_type as event_type,
        {{ outcome_of_no_event('outcome') }} as outcome,
        {{ outcome_of_no_event('reason') }} as reason
    from log_events
    where {{ is_left_out_of_log() }}
    union all
    select
        user_events.wiki_db,
        'user' as event_entity,
        user_events.event_type,
        case when user_states.place is null then 'lost' else 'matched' end as outcome,
        'by_name' as reason
    from user_events
    left join user_states
        on
            user_events.wiki_db = user_states.wiki_db
            and user_events.place = user_states.place
            and user_states.inferred_from is null
    union all
    select
        page_events.wiki_db,
        'page' as event_entity,
        page_events.event_type,
        case when page_states.cause_place is null then 'lost' else 'matched' end as outcome,
        case when page_events.is_by_id then 'by_id' else 'by_title' end as reason
    from page_events
    left join page_states
        on
            page_events.wiki_db = page_states.wiki_db
            and page_events.place = page_states.cause_place
    {%- for entity in ['user', 'page'] %}
    union all
    select
        wiki_db,
        '{{ entity }}' as event_entity,
        event_type,
        'unreadable' as outcome,
        'no_' || unreadable_part as reason
    from {{ entity }}_log
    where unreadable_part is not null
    {%- endfor %}
    union all
    select
        revisions.wiki_db,
        'revision' as event_entity,
        case when revisions.is_archived then 'archived' else 'live' end as event_type,
        case when revision_pages.state_number is null then 'lost' else 'matched' end as outcome,
        case when revisions.page_id > 0 then 'by_id' else 'no_page_id' end as reason
    from revisions
    left join revision_pages
        on
            revisions.wiki_db = revision_pages.wiki_db
            and revisions.revision_number = revision_pages.revision_number

)

select * from outcomes
