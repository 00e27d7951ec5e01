{{ config(tags=['history_from_tables']) }}

with

logging as (

    {{ mediawiki_rows(source('mediawiki', 'logging')) }}

),

revision as (

    {{ mediawiki_rows(source('mediawiki', 'revision')) }}

),

archive as (

    {{ mediawiki_rows(source('mediawiki', 'archive')) }}

),

given_rows as (

    select
        wiki_db,
        {{ log_entity() }} as event_entity,
        log_type as event_type,
        {{ is_mediawiki_time('log_timestamp') }} as is_readable,
        count(*) as row_count
    from logging
    where {{ log_entity() }} is not null
    group by
        wiki_db,
        log_type,
        is_readable
    union all
    select
        wiki_db,
        'revision' as event_entity,
        'live' as event_type,
        {{ is_mediawiki_time('rev_timestamp') }} and coalesce(rev_page, 0) > 0 as is_readable,
        count(*) as row_count
    from revision
    group by
        wiki_db,
        is_readable
    union all
    select
        wiki_db,
        'revision' as event_entity,
        'archived' as event_type,
        {{ is_mediawiki_time('ar_timestamp') }}
        and (coalesce(ar_page_id, 0) > 0 or coalesce(ar_title, '') <> '') as is_readable,
        count(*) as row_count
    from archive
    group by
        wiki_db,
        is_readable

)

select * from given_rows
