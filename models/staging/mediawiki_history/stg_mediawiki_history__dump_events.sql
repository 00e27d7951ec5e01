{{ config(pre_hook="{{ load_history_dumps() }}", enabled=not is_history_from_tables()) }}

with

dumped as (

    {{ history_dump_rows('events') }}

),

with_bot_reasons as (

    select
        *,
        {{ dump_list('event_user_is_bot_by') }} as bot_reasons,
        {{ dump_list('event_user_is_bot_by_historical') }} as bot_reasons_historical
    from dumped

),

events as (

    select
        wiki_db,
        event_entity,
        event_type,
        event_timestamp,
        event_user_id,
        event_user_central_id,
        {{ unescaped_dump_text('event_user_text_historical') }} as event_user_text_historical,
        {{ unescaped_dump_text('event_user_text') }} as event_user_text,
        {{ has_bot_reason('bot_reasons', 'bot_reasons_historical', 'group') }}
            as event_user_is_group_bot,
        {{ has_bot_reason('bot_reasons', 'bot_reasons_historical', 'name') }}
            as event_user_is_name_bot,
        event_user_is_anonymous,
        event_user_is_temporary,
        event_user_creation_timestamp,
        page_id,
        {{ unescaped_dump_text('page_title_historical') }} as page_title_historical,
        {{ unescaped_dump_text('page_title') }} as page_title,
        page_namespace_historical,
        page_namespace_is_content_historical,
        page_namespace,
        page_namespace_is_content,
        page_is_redirect,
        page_is_deleted,
        page_first_edit_timestamp,
        {{ unescaped_dump_text('user_text_historical') }} as user_text_historical,
        user_is_created_by_self,
        revision_id,
        revision_text_bytes_diff,
        revision_is_deleted_by_page_deletion,
        revision_is_identity_reverted,
        revision_is_identity_revert
    from with_bot_reasons

)

select * from events
