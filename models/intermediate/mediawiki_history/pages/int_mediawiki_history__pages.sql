{{ config(materialized='table') }}

with

all_pages as (

    select
        *,
        false as is_deleted
    from {{ ref('int_mediawiki_history__live_pages') }}
    union all
    select
        *,
        true as is_deleted
    from {{ ref('int_mediawiki_history__archived_pages') }}

),

performers as (

    select * from {{ ref('int_mediawiki_history__performers') }}

),

titles as (

    select * from {{ ref('int_mediawiki_history__page_components') }}

),

pages as (

    select
        all_pages.wiki_db,
        row_number() over (
            partition by all_pages.wiki_db
            order by
                all_pages.page_title,
                all_pages.page_namespace,
                all_pages.page_id
        ) as page_number,
        all_pages.page_id,
        all_pages.page_title,
        all_pages.page_namespace,
        all_pages.page_is_redirect,
        all_pages.is_deleted,
        all_pages.first_edit,
        titles.title_number,
        titles.component,
        performers.user_id as author_id,
        performers.user_central_id as author_central_id,
        performers.user_text as author_text,
        performers.is_anonymous as author_is_anonymous
    from all_pages
    left join titles
        on
            all_pages.wiki_db = titles.wiki_db
            and all_pages.page_title = titles.title
            and all_pages.page_namespace = titles.namespace
    left join performers
        on
            all_pages.wiki_db = performers.wiki_db
            and all_pages.actor_id = performers.actor_id

)

select * from pages
