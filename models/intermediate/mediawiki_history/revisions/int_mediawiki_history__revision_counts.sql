{{ config(materialized='table') }}

with

revisions as (

    select
        *,
        {{ epoch_seconds(spelled_mediawiki_time('revision_time')) }} as revision_seconds
    from {{ ref('int_mediawiki_history__revisions') }}

),

by_page as (

    select
        wiki_db,
        revision_number,
        revision_seconds,
        user_id,
        revision_time,
        rev_id,
        row_number() over (
            partition by
                wiki_db,
                page_id
            order by revision_number
        ) as page_count,
        revision_seconds - lag(revision_seconds) over (
            partition by
                wiki_db,
                page_id
            order by revision_number
        ) as page_seconds,
        page_id > 0 as has_page
    from revisions

),

counted as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                user_id
            order by
                revision_time asc,
                rev_id asc nulls first,
                revision_number asc
        ) as user_count,
        revision_seconds - lag(revision_seconds) over (
            partition by
                wiki_db,
                user_id
            order by
                revision_time asc,
                rev_id asc nulls first,
                revision_number asc
        ) as user_seconds
    from by_page

),

-- What has no page, or no account, is in no sequence (R4).
revision_counts as (

    select
        wiki_db,
        revision_number,
        case when has_page then page_count end as page_revision_count,
        case when has_page then page_seconds end as page_seconds_since_previous_revision,
        case when user_id > 0 then user_count end as event_user_revision_count,
        case when user_id > 0 then user_seconds end as event_user_seconds_since_previous_revision
    from counted

)

select * from revision_counts
