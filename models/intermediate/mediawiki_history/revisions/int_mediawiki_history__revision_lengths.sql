{{ config(materialized='table') }}

with

revisions as (

    select * from {{ ref('int_mediawiki_history__revisions') }}

),

lengths as (

    select
        wiki_db,
        rev_id,
        max(text_bytes) as text_bytes
    from revisions
    where rev_id > 0
    group by
        wiki_db,
        rev_id

),

-- What a revision added to the one that it was made from (R3).
revision_lengths as (

    select
        revisions.wiki_db,
        revisions.revision_number,
        case
            when coalesce(revisions.parent_id, 0) <= 0 then revisions.text_bytes
            when revisions.rev_id > 0 then {{ bigint_difference('revisions.text_bytes', 'lengths.text_bytes') }}
        end as text_bytes_diff
    from revisions
    left join lengths
        on
            revisions.wiki_db = lengths.wiki_db
            and revisions.parent_id = lengths.rev_id

)

select * from revision_lengths
