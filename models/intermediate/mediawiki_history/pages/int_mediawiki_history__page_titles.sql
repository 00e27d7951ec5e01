{{ config(materialized='table') }}

with

page_log as (

    select * from {{ ref('int_mediawiki_history__page_log') }}
    where unreadable_part is null

),

mentioned as (

    select
        wiki_db,
        from_namespace as namespace,
        from_title as title
    from page_log
    union
    select
        wiki_db,
        to_namespace as namespace,
        to_title as title
    from page_log

),

page_titles as (

    select
        *,
        row_number() over (
            partition by wiki_db
            order by
                title,
                namespace
        ) as title_number
    from mentioned

)

select * from page_titles
