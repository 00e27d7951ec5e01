{{ config(partition_by=['snapshot'], tags=['history_from_tables']) }}

with

stretches as (

    select * from {{ ref('int_mediawiki_history__user_stretches') }}

),

users as (

    select * from {{ ref('int_mediawiki_history__users') }}

),

user_events as (

    select * from {{ ref('int_mediawiki_history__user_events') }}

),

-- What the first state knows of the account holds for all of them (UF5).
first_states as (

    select
        stretches.wiki_db,
        stretches.user_id,
        stretches.creation_time,
        stretches.inferred_from is null and user_events.is_created_by_self as created_by_self,
        stretches.inferred_from is null and user_events.is_created_by_system as created_by_system,
        stretches.inferred_from is null and user_events.is_created_by_peer as created_by_peer
    from stretches
    left join user_events
        on
            stretches.wiki_db = user_events.wiki_db
            and stretches.place = user_events.place
    where
        stretches.number = 1
        and stretches.part = 1

),

history as (

    select
        stretches.wiki_db,
        stretches.user_id,
        users.user_central_id,
        stretches.user_text_historical,
        users.user_name as user_text,
        coalesce(stretches.state_groups, {{ empty_text_array() }}) as user_groups_historical,
        users.user_groups,
        coalesce(stretches.blocks, {{ empty_text_array() }}) as user_blocks_historical,
        stretches.last_blocks as user_blocks,
        {{ bot_reasons('stretches.user_text_historical', 'stretches.state_groups') }} as is_bot_by_historical,
        {{ bot_reasons('users.user_name', 'users.user_groups') }} as is_bot_by,
        {{ history_timestamp('users.registration') }} as user_registration_timestamp,
        {{ history_timestamp('first_states.creation_time') }} as user_creation_timestamp,
        {{ history_timestamp('users.first_edit') }} as user_first_edit_timestamp,
        coalesce(first_states.created_by_self, false) as created_by_self,
        coalesce(first_states.created_by_system, false) as created_by_system,
        coalesce(first_states.created_by_peer, false) as created_by_peer,
        false as is_anonymous,
        users.is_temporary,
        not users.is_temporary as is_permanent,
        {{ history_timestamp('stretches.start_time') }} as start_timestamp,
        {{ history_timestamp('stretches.end_time') }} as end_timestamp,
        stretches.caused_by_event_type,
        case when stretches.inferred_from is null then user_events.performer_id end as caused_by_user_id,
        case when stretches.inferred_from is null then user_events.performer_central_id end
            as caused_by_user_central_id,
        case when stretches.inferred_from is null then user_events.performer_is_anonymous end
            as caused_by_anonymous_user,
        case when stretches.inferred_from is null then user_events.performer_is_temporary end
            as caused_by_temporary_user,
        case when stretches.inferred_from is null then user_events.performer_is_permanent end
            as caused_by_permanent_user,
        case when stretches.inferred_from is null then user_events.performer_text end as caused_by_user_text,
        stretches.expiry as caused_by_block_expiration,
        stretches.inferred_from,
        case when coalesce(stretches.inferred_from, '') <> 'unclosed' then user_events.log_id end as source_log_id,
        case when coalesce(stretches.inferred_from, '') <> 'unclosed' then user_events.source_log_comment end
            as source_log_comment,
        case when coalesce(stretches.inferred_from, '') <> 'unclosed' then user_events.source_log_params end
            as source_log_params,
        {{ literal(run_snapshot()) }} as snapshot
    from stretches
    inner join users
        on
            stretches.wiki_db = users.wiki_db
            and stretches.user_id = users.user_id
    inner join first_states
        on
            stretches.wiki_db = first_states.wiki_db
            and stretches.user_id = first_states.user_id
    left join user_events
        on
            stretches.wiki_db = user_events.wiki_db
            and stretches.place = user_events.place
    -- Of an account without any time nothing can be told (UF7).
    where coalesce(users.registration, first_states.creation_time, users.first_edit) is not null

)

select * from history
