with

events as (

    select * from {{ ref('stg_mediawiki_history__events') }}

),

projects as (

    select * from {{ ref('int_mediawiki_history__projects') }}

),

title_prefixes as (

    select * from {{ ref('int_mediawiki_history__title_prefixes') }}

),

enriched as (

    select
        projects.project,
        events.event_entity,
        events.event_type,
        events.event_timestamp,
        events.page_first_edit_timestamp,
        coalesce(events.event_user_text, events.event_user_text_historical) as user_text,
        {{ history_user_type() }} as user_type,
        coalesce(title_prefixes.title_prefix, '') as title_prefix,
        coalesce(events.page_title, events.page_title_historical) as unprefixed_title,
        events.page_namespace,
        {{ history_page_type() }} as page_type,
        {{ is_in_first_24_hours() }} as is_in_first_24_hours,
        events.page_is_redirect,
        events.page_is_deleted,
        events.revision_is_deleted_by_page_deletion,
        events.revision_is_identity_reverted,
        events.revision_is_identity_revert,
        events.user_is_created_by_self,
        events.revision_text_bytes_diff as text_bytes_diff,
        {{ absolute('events.revision_text_bytes_diff') }} as text_bytes_diff_abs,
        events.event_user_id as user_id,
        events.event_user_central_id as user_central_id,
        events.page_id
    from events
    inner join projects
        on events.wiki_db = projects.dbname
    left join title_prefixes
        on
            events.wiki_db = title_prefixes.dbname
            and coalesce(events.page_namespace, events.page_namespace_historical)
            = title_prefixes.namespace

)

select * from enriched
