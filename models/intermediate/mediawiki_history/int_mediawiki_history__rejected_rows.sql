{{ config(tags=['history_from_tables']) }}

with

revisions as (

    {{ mediawiki_rows(source('mediawiki', 'revision')) }}

),

archive as (

    {{ mediawiki_rows(source('mediawiki', 'archive')) }}

),

logging as (

    {{ mediawiki_rows(source('mediawiki', 'logging')) }}

),

user_log as (

    select * from {{ ref('int_mediawiki_history__user_log') }}

),

page_log as (

    select * from {{ ref('int_mediawiki_history__page_log') }}

),

log_events as (

    select * from {{ ref('stg_mediawiki__log_events') }}

),

rejects as (

    select
        wiki_db,
        'revision_has_no_time_or_page' as reason
    from revisions
    where
        not {{ is_mediawiki_time('rev_timestamp') }}
        or coalesce(rev_page, 0) <= 0
    union all
    select
        wiki_db,
        'archived_revision_has_no_time_or_page' as reason
    from archive
    where
        not {{ is_mediawiki_time('ar_timestamp') }}
        or (coalesce(ar_page_id, 0) <= 0 and coalesce(ar_title, '') = '')
    union all
    select
        wiki_db,
        'log_row_has_no_time' as reason
    from logging
    where not {{ is_mediawiki_time('log_timestamp') }}
    union all
    select
        wiki_db,
        'user_log_row_has_no_' || unreadable_part as reason
    from user_log
    where unreadable_part is not null
    union all
    select
        wiki_db,
        'page_log_row_has_no_' || unreadable_part as reason
    from page_log
    where unreadable_part is not null
    union all
    select
        wiki_db,
        'page_log_row_has_no_action' as reason
    from log_events
    where
        {{ log_entity() }} = 'page'
        and log_type <> 'move'
        and log_action is null

),

rejected_rows as (

    select
        cast(null as string) as file_name,
        cast(null as bigint) as line_number,
        cast(null as string) as line,
        reason,
        wiki_db,
        count(*) as event_count
    from rejects
    group by
        wiki_db,
        reason

)

select * from rejected_rows
