with

enriched as (

    select * from {{ ref('int_mediawiki_history__enriched') }}

),

-- All hidden users of a project are one user, all unknown titles of a namespace one page.
edits as (

    select
        project,
        coalesce(user_text, 'UNKNOWN_USER_TEXT') as user_key,
        title_prefix || coalesce(unprefixed_title, 'UNKNOWN_PAGE_TITLE') as page_key,
        substr(event_timestamp, 1, 10) as day,
        substr(event_timestamp, 1, 7) as month,
        user_type,
        page_type,
        coalesce(page_is_redirect, true) as may_be_redirect,
        text_bytes_diff,
        text_bytes_diff_abs
    from enriched
    where {{ is_counted_edit() }}

)

select * from edits
