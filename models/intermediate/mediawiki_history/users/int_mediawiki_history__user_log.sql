{{ config(materialized='table') }}

with

log_events as (

    select * from {{ ref('stg_mediawiki__log_events') }}

),

performers as (

    select * from {{ ref('int_mediawiki_history__performers') }}

),

typed as (

    select
        *,
        case log_type
            when 'newusers' then 'create'
            when 'renameuser' then 'rename'
            when 'rights' then 'altergroups'
            when 'block' then 'alterblocks'
        end as event_type,
        log_type = 'block' and coalesce(log_action, '') <> 'unblock' as is_blocking
    from log_events
    where
        log_type in ('newusers', 'renameuser', 'rights', 'block')
        and {{ looks_like_account('log_title') }}

),

parsed as (

    select
        *,
        case when event_type = 'rename' then {{ renamed_user('old') }} end as old_name,
        case event_type
            when 'rename' then {{ renamed_user('new') }}
            when 'create' then {{ created_user() }}
            else replace(log_title, '_', ' ')
        end as name,
        case when event_type = 'altergroups' then {{ logged_groups() }} end as event_groups,
        case when is_blocking then {{ logged_block_duration() }} end as duration
    from typed

),

expiring as (

    select
        *,
        case when is_blocking then {{ block_expiry('duration', 'log_timestamp') }} end as expiry
    from parsed

),

user_log as (

    select
        expiring.wiki_db,
        expiring.log_id,
        expiring.event_type,
        expiring.log_timestamp as event_time,
        expiring.old_name,
        expiring.name,
        coalesce(expiring.event_groups, {{ empty_text_array() }}) as event_groups,
        case when expiring.is_blocking then {{ logged_block_flags() }} else {{ empty_text_array() }} end as event_blocks,
        expiring.expiry,
        expiring.event_type = 'create' and expiring.log_action in ('create', 'newusers') as is_created_by_self,
        expiring.event_type = 'create' and expiring.log_action = 'autocreate' as is_created_by_system,
        expiring.event_type = 'create' and expiring.log_action in ('create2', 'byemail') as is_created_by_peer,
        performers.user_id as performer_id,
        performers.user_central_id as performer_central_id,
        performers.user_text as performer_text,
        performers.is_anonymous as performer_is_anonymous,
        performers.is_temporary as performer_is_temporary,
        performers.is_permanent as performer_is_permanent,
        expiring.comment_text as source_log_comment,
        expiring.source_log_params,
        case
            when expiring.name is null or (expiring.event_type = 'rename' and expiring.old_name is null) then 'name'
            when expiring.event_type = 'altergroups' and expiring.event_groups is null then 'groups'
            when expiring.is_blocking and expiring.expiry is null then 'expiry'
        end as unreadable_part
    from expiring
    left join performers
        on
            expiring.wiki_db = performers.wiki_db
            and expiring.log_actor = performers.actor_id

)

select * from user_log
