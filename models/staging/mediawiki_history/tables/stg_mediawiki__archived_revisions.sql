with

archive as (

    {{ mediawiki_rows(source('mediawiki', 'archive')) }}

),

live as (

    {{ mediawiki_rows(source('mediawiki', 'revision')) }}

),

live_ids as (

    select distinct
        wiki_db,
        rev_id
    from live

),

-- A revision that is live, usable or not, is not archived (S2). Equal rows are one (S5).
usable as (

    select distinct
        archive.wiki_db,
        archive.ar_namespace,
        archive.ar_title,
        archive.ar_timestamp,
        archive.ar_minor_edit,
        archive.ar_rev_id,
        archive.ar_deleted,
        {{ shown_part('archive.ar_len', 'archive.ar_deleted', 1) }} as ar_len,
        archive.ar_page_id,
        archive.ar_parent_id,
        {{ shown_part('archive.ar_actor', 'archive.ar_deleted', 4) }} as ar_actor
    from archive
    left join live_ids
        on
            archive.wiki_db = live_ids.wiki_db
            and archive.ar_rev_id = live_ids.rev_id
    where
        {{ is_mediawiki_time('archive.ar_timestamp') }}
        and (archive.ar_page_id > 0 or archive.ar_title <> '')
        and live_ids.rev_id is null

)

select * from usable
