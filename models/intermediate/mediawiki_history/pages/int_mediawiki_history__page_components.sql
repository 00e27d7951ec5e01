{{ config(materialized='table') }}

with

page_titles as (

    select * from {{ ref('int_mediawiki_history__page_titles') }}

),

moves as (

    select distinct
        wiki_db,
        from_number,
        to_number
    from {{ ref('int_mediawiki_history__page_events') }}
    where from_number <> to_number

),

edges as (

    select
        wiki_db,
        {{ list_agg('from_number') }} as starts,
        {{ list_agg('to_number') }} as ends
    from moves
    group by wiki_db

),

joined as (

    select
        wiki_db,
        connected_components(starts, ends) as members
    from edges

),

members as (

    select
        wiki_db,
        {{ rows_of_list('members') }}
    from joined

),

page_components as (

    select
        page_titles.*,
        coalesce(members.component, page_titles.title_number) as component
    from page_titles
    left join members
        on
            page_titles.wiki_db = members.wiki_db
            and page_titles.title_number = members.vertex

)

select * from page_components
