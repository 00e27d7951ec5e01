with

revisions as (

    {{ mediawiki_rows(source('mediawiki', 'revision')) }}

),

-- Equal rows are one (S5).
usable as (

    select distinct
        wiki_db,
        rev_id,
        rev_page,
        rev_timestamp,
        rev_minor_edit,
        rev_deleted,
        rev_len,
        rev_parent_id,
        {{ shown_part('rev_actor', 'rev_deleted', 4) }} as rev_actor,
        rev_comment_id
    from revisions
    where
        {{ is_mediawiki_time('rev_timestamp') }}
        and rev_page > 0

)

select * from usable
