{{ config(partition_by=['snapshot']) }}

with

enriched as (

    select * from {{ ref('int_mediawiki_history__enriched') }}

),

digests as (

    select * from {{ ref('int_mediawiki_history__digests') }}

),

events as (

    select
        project,
        event_entity,
        event_type,
        case
            when event_entity = 'page' and event_type = 'create'
                then coalesce(page_first_edit_timestamp, event_timestamp)
            else event_timestamp
        end as event_timestamp,
        user_text,
        user_type,
        title_prefix || unprefixed_title as page_title,
        page_namespace,
        page_type,
        {{ history_tags() }} as other_tags,
        text_bytes_diff,
        text_bytes_diff_abs,
        cast(case when event_entity = 'revision' then 1 else 0 end as bigint) as revisions,
        user_id,
        user_central_id,
        page_id
    from enriched
    where {{ is_kept_event() }}

),

reduced as (

    select * from events
    union all
    select
        project,
        event_entity,
        event_type,
        event_timestamp,
        cast(null as string) as user_text,
        user_type,
        cast(null as string) as page_title,
        cast(null as integer) as page_namespace,
        page_type,
        {{ empty_text_array() }} as other_tags,
        text_bytes_diff,
        text_bytes_diff_abs,
        revisions,
        cast(null as bigint) as user_id,
        cast(null as bigint) as user_central_id,
        cast(null as bigint) as page_id
    from digests

),

placed as (

    select
        *,
        {{ literal(run_snapshot()) }} as snapshot
    from reduced

)

select * from placed
