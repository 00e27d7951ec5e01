{{ config(materialized='table') }}

with

states as (

    select * from {{ ref('int_mediawiki_history__user_states') }}

),

user_events as (

    select * from {{ ref('int_mediawiki_history__user_events') }}

),

numbered as (

    select
        states.*,
        case when states.inferred_from is null then user_events.event_blocks end as event_blocks,
        case when states.inferred_from is null then user_events.event_groups end as event_groups,
        case when states.inferred_from is null then user_events.expiry end as expiry,
        row_number() over (
            partition by
                states.wiki_db,
                states.user_id
            order by
                states.start_time asc nulls first,
                states.end_time asc nulls last,
                states.log_id asc nulls first,
                states.place asc
        ) as number
    from states
    left join user_events
        on
            states.wiki_db = user_events.wiki_db
            and states.place = user_events.place

),

-- The state whose event gave the blocks that hold (UF1), and likewise the groups (UF4).
governed as (

    select
        *,
        {{ last_known("case when number > 1 and caused_by_event_type = 'alterblocks' then number end") }} over (
            partition by
                wiki_db,
                user_id
            order by number
            rows between unbounded preceding and current row
        ) as blocked_by,
        {{ last_known("case when number > 1 and caused_by_event_type = 'altergroups' then number end") }} over (
            partition by
                wiki_db,
                user_id
            order by number
            rows between unbounded preceding and current row
        ) as grouped_by
    from numbered

),

inherited as (

    select
        governed.*,
        blocking.event_blocks as inherited_blocks,
        case when governed.blocked_by is not null then blocking.expiry end as inherited_expiry,
        case when governed.number = 1 then governed.event_groups else grouping_states.event_groups end as state_groups
    from governed
    left join governed as blocking
        on
            governed.wiki_db = blocking.wiki_db
            and governed.user_id = blocking.user_id
            and coalesce(governed.blocked_by, 1) = blocking.number
    left join governed as grouping_states
        on
            governed.wiki_db = grouping_states.wiki_db
            and governed.user_id = grouping_states.user_id
            and governed.grouped_by = grouping_states.number

),

-- The first state in which a block has expired is cut there (UF2).
expired as (

    select
        *,
        min(
            case
                when
                    {{ regex_matches('inherited_expiry', '^[0-9]{14}$') }}
                    and inherited_expiry < {{ literal(history_present()) }}
                    and (end_time is null or end_time >= inherited_expiry)
                    then number
            end
        ) over (
            partition by
                wiki_db,
                user_id,
                blocked_by
        ) as cut_number
    from inherited

)

select * from expired
