{{ config(materialized='table') }}

with

page_log as (

    select * from {{ ref('int_mediawiki_history__page_log') }}
    where unreadable_part is null

),

page_titles as (

    select * from {{ ref('int_mediawiki_history__page_titles') }}

),

-- In the order in which history is walked back from today.
page_events as (

    select
        page_log.*,
        from_titles.title_number as from_number,
        to_titles.title_number as to_number,
        row_number() over (
            partition by page_log.wiki_db
            order by
                page_log.event_time desc,
                case when page_log.event_type = 'move' then 0 else 1 end asc,
                page_log.log_id desc
        ) as place
    from page_log
    inner join page_titles as from_titles
        on
            page_log.wiki_db = from_titles.wiki_db
            and page_log.from_namespace = from_titles.namespace
            and page_log.from_title = from_titles.title
    inner join page_titles as to_titles
        on
            page_log.wiki_db = to_titles.wiki_db
            and page_log.to_namespace = to_titles.namespace
            and page_log.to_title = to_titles.title

)

select * from page_events
