{{ config(partition_by=['snapshot'], tags=['history_from_tables']) }}

with

states as (

    select * from {{ ref('int_mediawiki_history__page_states') }}

),

page_events as (

    select * from {{ ref('int_mediawiki_history__page_events') }}

),

pages as (

    select * from {{ ref('int_mediawiki_history__pages') }}

),

content_namespaces as (

    select * from {{ ref('int_mediawiki_history__content_namespaces') }}

),

-- What the first state knows holds for all of them (PF1).
dated as (

    select
        *,
        first_value(coalesce(creation, start_time)) over (
            partition by
                wiki_db,
                component,
                page_id,
                artificial_place
            order by number
        ) as page_creation,
        first_value(first_edit) over (
            partition by
                wiki_db,
                component,
                page_id,
                artificial_place
            order by number
        ) as page_first_edit
    from states

),

history as (

    select
        dated.wiki_db,
        dated.page_id,
        {{ page_artificial_id('dated.wiki_db', 'dated.artificial_place') }} as page_artificial_id,
        {{ history_timestamp('dated.page_creation') }} as page_creation_timestamp,
        {{ history_timestamp('dated.page_first_edit') }} as page_first_edit_timestamp,
        dated.page_title_historical,
        dated.page_title,
        dated.page_namespace_historical,
        coalesce(content_then.is_content, false) as page_namespace_is_content_historical,
        dated.page_namespace,
        coalesce(content_now.is_content, false) as page_namespace_is_content,
        dated.is_redirect as page_is_redirect,
        dated.is_deleted as page_is_deleted,
        {{ history_timestamp('dated.start_time') }} as start_timestamp,
        {{ history_timestamp('dated.end_time') }} as end_timestamp,
        dated.event_type as caused_by_event_type,
        coalesce(causes.performer_id, pages.author_id) as caused_by_user_id,
        coalesce(causes.performer_central_id, pages.author_central_id) as caused_by_user_central_id,
        coalesce(causes.performer_is_anonymous, pages.author_is_anonymous) as caused_by_anonymous_user,
        causes.performer_is_temporary as caused_by_temporary_user,
        causes.performer_is_permanent as caused_by_permanent_user,
        coalesce(causes.performer_text, pages.author_text) as caused_by_user_text,
        dated.inferred_from,
        logged.log_id as source_log_id,
        logged.source_log_comment,
        logged.source_log_params,
        dated.number = 1 as page_first_state,
        {{ literal(run_snapshot()) }} as snapshot
    from dated
    left join page_events as causes
        on
            dated.wiki_db = causes.wiki_db
            and dated.cause_place = causes.place
    left join page_events as logged
        on
            dated.wiki_db = logged.wiki_db
            and dated.log_place = logged.place
    left join pages
        on
            dated.wiki_db = pages.wiki_db
            and dated.page_number = pages.page_number
    left join content_namespaces as content_then
        on
            dated.wiki_db = content_then.wiki_db
            and dated.page_namespace_historical = content_then.namespace
    left join content_namespaces as content_now
        on
            dated.wiki_db = content_now.wiki_db
            and dated.page_namespace = content_now.namespace

)

select * from history
