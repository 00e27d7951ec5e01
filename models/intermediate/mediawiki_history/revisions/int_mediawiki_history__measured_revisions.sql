{{ config(materialized='table') }}

with

revisions as (

    select * from {{ ref('int_mediawiki_history__revisions') }}

),

revision_counts as (

    select * from {{ ref('int_mediawiki_history__revision_counts') }}

),

lengths as (

    select * from {{ ref('int_mediawiki_history__revision_lengths') }}

),

deletions as (

    select * from {{ ref('int_mediawiki_history__revision_deletions') }}

),

reverts as (

    select * from {{ ref('int_mediawiki_history__identity_reverts') }}

),

reverted as (

    select * from {{ ref('int_mediawiki_history__identity_reverted') }}

),

text_hashes as (

    select * from {{ ref('int_mediawiki_history__revision_hashes') }}

),

tags as (

    select * from {{ ref('int_mediawiki_history__revision_tags') }}

),

-- What is said of a revision by its number, before its own columns: the rows that do not fit into
-- memory are narrow so.
numbered as (

    select
        revision_counts.*,
        lengths.text_bytes_diff,
        deletions.deletion_timestamp,
        reverts.revision_number is not null as is_identity_revert,
        reverted.reverting_number is not null as is_identity_reverted,
        reverting.rev_id as reverting_id,
        reverting.revision_time as reverting_time
    from revision_counts
    left join lengths
        on
            revision_counts.wiki_db = lengths.wiki_db
            and revision_counts.revision_number = lengths.revision_number
    left join deletions
        on
            revision_counts.wiki_db = deletions.wiki_db
            and revision_counts.revision_number = deletions.revision_number
    left join reverts
        on
            revision_counts.wiki_db = reverts.wiki_db
            and revision_counts.revision_number = reverts.revision_number
    left join reverted
        on
            revision_counts.wiki_db = reverted.wiki_db
            and revision_counts.revision_number = reverted.revision_number
    left join reverts as reverting
        on
            reverted.wiki_db = reverting.wiki_db
            and reverted.reverting_number = reverting.revision_number

),

measured_revisions as (

    select
        revisions.*,
        numbered.page_revision_count,
        numbered.page_seconds_since_previous_revision,
        numbered.event_user_revision_count,
        numbered.event_user_seconds_since_previous_revision,
        numbered.text_bytes_diff,
        numbered.deletion_timestamp,
        coalesce(numbered.is_identity_revert, false) as is_identity_revert,
        coalesce(numbered.is_identity_reverted, false) as is_identity_reverted,
        numbered.reverting_id,
        {{ epoch_seconds(spelled_mediawiki_time('numbered.reverting_time')) }}
        - {{ epoch_seconds(spelled_mediawiki_time('revisions.revision_time')) }} as seconds_to_revert,
        text_hashes.sha1,
        tags.revision_tags
    from revisions
    left join numbered
        on
            revisions.wiki_db = numbered.wiki_db
            and revisions.revision_number = numbered.revision_number
    left join text_hashes
        on
            revisions.wiki_db = text_hashes.wiki_db
            and revisions.rev_id = text_hashes.rev_id
    left join tags
        on
            revisions.wiki_db = tags.wiki_db
            and revisions.rev_id = tags.rev_id

)

select * from measured_revisions
