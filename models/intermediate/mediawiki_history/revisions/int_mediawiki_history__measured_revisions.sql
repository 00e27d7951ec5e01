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

measured_revisions as (

    select
        revisions.*,
        revision_counts.page_revision_count,
        revision_counts.page_seconds_since_previous_revision,
        revision_counts.event_user_revision_count,
        revision_counts.event_user_seconds_since_previous_revision,
        lengths.text_bytes_diff,
        deletions.deletion_timestamp,
        reverts.revision_number is not null as is_identity_revert,
        reverted.reverting_number is not null as is_identity_reverted,
        reverting.rev_id as reverting_id,
        {{ epoch_seconds(spelled_mediawiki_time('reverting.revision_time')) }}
        - {{ epoch_seconds(spelled_mediawiki_time('revisions.revision_time')) }} as seconds_to_revert,
        text_hashes.sha1,
        tags.revision_tags
    from revisions
    left join revision_counts
        on
            revisions.wiki_db = revision_counts.wiki_db
            and revisions.revision_number = revision_counts.revision_number
    left join lengths
        on
            revisions.wiki_db = lengths.wiki_db
            and revisions.revision_number = lengths.revision_number
    left join deletions
        on
            revisions.wiki_db = deletions.wiki_db
            and revisions.revision_number = deletions.revision_number
    left join reverts
        on
            revisions.wiki_db = reverts.wiki_db
            and revisions.revision_number = reverts.revision_number
    left join reverted
        on
            revisions.wiki_db = reverted.wiki_db
            and revisions.revision_number = reverted.revision_number
    left join revisions as reverting
        on
            reverted.wiki_db = reverting.wiki_db
            and reverted.reverting_number = reverting.revision_number
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
