with

pages as (

    {{ mediawiki_rows(source('mediawiki', 'page')) }}

),

readable as (

    select distinct
        wiki_db,
        page_id,
        page_namespace,
        page_title,
        page_is_redirect
    from pages
    where
        page_id > 0
        and page_title is not null

)

select * from readable
