{%- set row = {
    'wiki_db': 'revisions.wiki_db',
    'event_entity': "'revision'",
    'event_type': "'create'",
    'event_timestamp': history_timestamp('revisions.revision_time'),
    'event_comment': shown_revision_comment('comments.comment_text', 'revisions.deleted_bits', 'revisions.is_archived'),
    'event_user_revision_count': 'revisions.event_user_revision_count',
    'event_user_seconds_since_previous_revision': 'revisions.event_user_seconds_since_previous_revision',
    'page_id': 'revisions.page_id',
    'page_revision_count': 'revisions.page_revision_count',
    'page_seconds_since_previous_revision': 'revisions.page_seconds_since_previous_revision',
    'revision_id': 'revisions.rev_id',
    'revision_parent_id': 'revisions.parent_id',
    'revision_minor_edit': 'revisions.is_minor',
    'revision_deleted_parts': deleted_parts('revisions.deleted_bits'),
    'revision_deleted_parts_are_suppressed': '(revisions.deleted_bits & 8) <> 0',
    'revision_text_bytes': 'revisions.text_bytes',
    'revision_text_bytes_diff': 'revisions.text_bytes_diff',
    'revision_text_sha1': 'case when ' ~ is_shown_part('revisions.deleted_bits', 1) ~ ' then revisions.sha1 end',
    'revision_is_deleted_by_page_deletion': 'revisions.is_archived',
    'revision_deleted_by_page_deletion_timestamp': 'revisions.deletion_timestamp',
    'revision_is_identity_reverted': 'revisions.is_identity_reverted',
    'revision_first_identity_reverting_revision_id': 'revisions.reverting_id',
    'revision_seconds_to_identity_revert': 'revisions.seconds_to_revert',
    'revision_is_identity_revert': 'revisions.is_identity_revert',
    'revision_is_from_before_page_creation': 'coalesce(' ~ history_timestamp('revisions.revision_time')
        ~ ' < page_states.page_creation_timestamp, false)',
    'revision_tags': 'revisions.revision_tags',
} -%}
{%- do row.update(of_page('page_states', {
    'page_title_historical': 'revisions.page_title',
    'page_namespace_historical': 'revisions.page_namespace',
    'page_namespace_is_content_historical': 'content_namespaces.is_content',
})) -%}
{%- do row.update(of_performer('user_states', {
    'id': 'revisions.user_id',
    'text_historical': 'revisions.user_text',
    'text': 'case when revisions.is_anonymous then revisions.user_text end',
    'is_anonymous': 'revisions.is_anonymous',
    'is_bot_by_historical': bot_reasons('revisions.user_text', empty_text_array()),
})) -%}

with

revisions as (

    select * from {{ ref('int_mediawiki_history__measured_revisions') }}

),

comments as (

    select * from {{ ref('stg_mediawiki__comments') }}

),

event_users as (

    select * from {{ ref('int_mediawiki_history__event_users') }}
    where event_entity = 'revision'

),

user_states as (

    select * from {{ ref('int_mediawiki_history__numbered_user_states') }}

),

revision_pages as (

    select * from {{ ref('int_mediawiki_history__revision_pages') }}

),

page_states as (

    select * from {{ ref('int_mediawiki_history__numbered_page_states') }}

),

content_namespaces as (

    select * from {{ ref('int_mediawiki_history__content_namespaces') }}

),

revision_events as (

    select
        {{ mediawiki_history_event(row) }}
    from revisions
    -- The widest last: rows that wait on disk for what does not fit into memory are narrow so.
    left join event_users
        on
            revisions.wiki_db = event_users.wiki_db
            and revisions.revision_number = event_users.event_number
    left join revision_pages
        on
            revisions.wiki_db = revision_pages.wiki_db
            and revisions.revision_number = revision_pages.revision_number
    left join comments
        on
            revisions.wiki_db = comments.wiki_db
            and revisions.comment_id = comments.comment_id
    left join page_states
        on
            revision_pages.wiki_db = page_states.wiki_db
            and revision_pages.state_number = page_states.state_number
    left join user_states
        on
            event_users.wiki_db = user_states.wiki_db
            and event_users.state_number = user_states.state_number
    left join content_namespaces
        on
            revisions.wiki_db = content_namespaces.wiki_db
            and revisions.page_namespace = content_namespaces.namespace

)

select * from revision_events
