{{ config(materialized='table') }}

with

hashed as (

    select
        revisions.wiki_db,
        revisions.page_id,
        revisions.rev_id,
        revisions.parent_id,
        revisions.revision_number,
        revisions.revision_time,
        text_hashes.sha1
    from {{ ref('int_mediawiki_history__revisions') }} as revisions
    inner join {{ ref('int_mediawiki_history__revision_hashes') }} as text_hashes
        on
            revisions.wiki_db = text_hashes.wiki_db
            and revisions.rev_id = text_hashes.rev_id
    where
        revisions.page_id > 0
        and {{ is_shown_part('revisions.deleted_bits', 1) }}

),

followed as (

    select
        *,
        lag(rev_id) over (
            partition by
                wiki_db,
                page_id,
                sha1
            order by revision_number
        ) as id_before,
        row_number() over (
            partition by
                wiki_db,
                page_id,
                sha1
            order by revision_number
        ) as occurrence
    from hashed

),

-- A revision that repeats its parent changes nothing (R5).
changing as (

    select
        *,
        lag(revision_number) over (
            partition by
                wiki_db,
                page_id,
                sha1
            order by revision_number
        ) as reverted_to
    from followed
    where
        occurrence = 1
        or parent_id is distinct from id_before

),

identity_reverts as (

    select
        wiki_db,
        rev_id,
        revision_number,
        revision_time,
        reverted_to
    from changing
    where reverted_to is not null

)

select * from identity_reverts
