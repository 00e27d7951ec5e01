with

history as (

    {% if is_history_from_tables() -%}
    select * from {{ rows_of_run_snapshot(ref('mediawiki_history')) }} as made
    {%- else -%}
    {{ history_table_rows() }}
    {%- endif %}

),

events as (

    select
        wiki_db,
        event_entity,
        event_type,
        event_timestamp,
        event_user_id,
        event_user_central_id,
        event_user_text_historical,
        event_user_text,
        {{ has_bot_reason('event_user_is_bot_by', 'event_user_is_bot_by_historical', 'group') }}
            as event_user_is_group_bot,
        {{ has_bot_reason('event_user_is_bot_by', 'event_user_is_bot_by_historical', 'name') }}
            as event_user_is_name_bot,
        event_user_is_anonymous,
        event_user_is_temporary,
        event_user_creation_timestamp,
        page_id,
        page_title_historical,
        page_title,
        page_namespace_historical,
        page_namespace_is_content_historical,
        page_namespace,
        page_namespace_is_content,
        page_is_redirect,
        page_is_deleted,
        page_first_edit_timestamp,
        user_text_historical,
        user_is_created_by_self,
        revision_id,
        revision_text_bytes_diff,
        revision_is_deleted_by_page_deletion,
        revision_is_identity_reverted,
        revision_is_identity_revert
    from history

)

select * from events
