{{ config(materialized='table') }}

with

components as (

    select * from {{ ref('int_mediawiki_history__page_components') }}

),

page_events as (

    select
        page_events.*,
        components.component
    from {{ ref('int_mediawiki_history__page_events') }} as page_events
    inner join components
        on
            page_events.wiki_db = components.wiki_db
            and page_events.from_number = components.title_number

),

pages as (

    select * from {{ ref('int_mediawiki_history__pages') }}
    where component is not null

),

listed_events as (

    select
        wiki_db,
        component,
        {{ list_of_rows({
            'place': 'place',
            'event_type': 'event_type',
            'event_time': 'event_time',
            'is_by_id': 'is_by_id',
            'page_id': 'page_id',
            'from_title': 'from_number',
            'to_title': 'to_number',
        }) }} as events
    from page_events
    group by
        wiki_db,
        component

),

listed_pages as (

    select
        wiki_db,
        component,
        {{ list_of_rows({
            'number': 'page_number',
            'title': 'title_number',
            'page_id': 'page_id',
            'is_redirect': 'page_is_redirect',
            'is_deleted': 'is_deleted',
            'first_edit': 'first_edit',
        }) }} as pages
    from pages
    group by
        wiki_db,
        component

),

walked as (

    select
        listed_events.wiki_db,
        listed_events.component,
        page_walk(listed_events.events, listed_pages.pages) as states
    from listed_events
    left join listed_pages
        on
            listed_events.wiki_db = listed_pages.wiki_db
            and listed_events.component = listed_pages.component

),

states as (

    select
        wiki_db,
        component,
        {{ rows_of_list('states') }}
    from walked

)

select * from states
