{{ config(materialized='table') }}

with

log_events as (

    select
        *,
        {{ page_event_type() }} as event_type
    from {{ ref('stg_mediawiki__log_events') }}

),

namespaces as (

    select * from {{ ref('int_mediawiki_history__namespaces') }}

),

performers as (

    select * from {{ ref('int_mediawiki_history__performers') }}

),

targeted as (

    select
        *,
        case when event_type = 'move' then {{ normalized_title('log_title') }} else log_title end as from_title,
        coalesce(log_namespace, -2147483648) as from_namespace,
        case when event_type = 'move' then {{ moved_to() }} end as target,
        {{ is_logged_with_page_id() }} as is_by_id
    from log_events
    where event_type is not null

),

split as (

    select
        *,
        {{ title_prefix('target') }} as prefix
    from targeted

),

page_log as (

    select
        split.wiki_db,
        split.log_id,
        split.event_type,
        split.log_timestamp as event_time,
        coalesce(split.is_by_id, false) as is_by_id,
        split.log_page as page_id,
        split.from_title,
        split.from_namespace,
        case
            when split.event_type <> 'move' then split.from_title
            when {{ position_of("':'", 'split.target') }} > 0
                then substr(split.target, {{ position_of("':'", 'split.target') }} + 1)
            else split.target
        end as to_title,
        case
            when split.event_type <> 'move' then split.from_namespace
            when split.prefix = '' then 0
            else namespaces.namespace
        end as to_namespace,
        performers.user_id as performer_id,
        performers.user_central_id as performer_central_id,
        performers.user_text as performer_text,
        performers.is_anonymous as performer_is_anonymous,
        performers.is_temporary as performer_is_temporary,
        performers.is_permanent as performer_is_permanent,
        split.comment_text as source_log_comment,
        split.source_log_params
    from split
    left join namespaces
        on
            split.wiki_db = namespaces.wiki_db
            and split.prefix = namespaces.name
    left join performers
        on
            split.wiki_db = performers.wiki_db
            and split.log_actor = performers.actor_id

),

judged as (

    select
        *,
        case
            when from_title is null or to_title is null then 'title'
            when to_namespace is null then 'namespace'
        end as unreadable_part
    from page_log

)

select * from judged
