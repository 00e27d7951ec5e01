{{ config(materialized='table') }}

with

walked as (

    select * from {{ ref('int_mediawiki_history__page_walk') }}

),

titles as (

    select * from {{ ref('int_mediawiki_history__page_titles') }}

),

pages as (

    select * from {{ ref('int_mediawiki_history__pages') }}

),

known as (

    select
        walked.wiki_db,
        walked.component,
        walked.page_id,
        walked.artificial_place,
        titles.title as page_title,
        titles.namespace as page_namespace,
        titles_then.title as page_title_historical,
        titles_then.namespace as page_namespace_historical,
        walked.is_redirect,
        walked.is_deleted,
        walked.creation,
        walked.first_edit,
        walked.start_time,
        walked.end_time,
        walked.event_type,
        walked.inferred_from,
        walked.cause_place,
        walked.page_number,
        walked.log_place
    from walked
    inner join titles
        on
            walked.wiki_db = titles.wiki_db
            and walked.title = titles.title_number
    inner join titles as titles_then
        on
            walked.wiki_db = titles_then.wiki_db
            and walked.title_historical = titles_then.title_number
    union all
    -- No event is known of these titles.
    select
        wiki_db,
        -page_number as component,
        page_id,
        cast(null as bigint) as artificial_place,
        page_title,
        page_namespace,
        page_title as page_title_historical,
        page_namespace as page_namespace_historical,
        page_is_redirect as is_redirect,
        is_deleted,
        cast(null as string) as creation,
        first_edit,
        first_edit as start_time,
        cast(null as string) as end_time,
        'create' as event_type,
        'unclosed' as inferred_from,
        cast(null as bigint) as cause_place,
        page_number,
        cast(null as bigint) as log_place
    from pages
    where component is null

),

numbered as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                component,
                page_id,
                artificial_place
            order by
                start_time asc nulls first,
                end_time asc nulls last,
                log_place asc nulls last
        ) as number
    from known

)

select * from numbered
