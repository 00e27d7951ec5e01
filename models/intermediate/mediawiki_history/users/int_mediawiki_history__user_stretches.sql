with

states as (

    select * from {{ ref('int_mediawiki_history__user_blocks') }}

),

stretches as (

    select
        wiki_db,
        user_id,
        place,
        number,
        1 as part,
        user_text_historical,
        caused_by_event_type,
        start_time,
        case when number = cut_number then inherited_expiry else end_time end as end_time,
        creation_time,
        inferred_from,
        expiry,
        case when number > cut_number then {{ empty_text_array() }} else inherited_blocks end as blocks,
        state_groups
    from states
    union all
    -- What is left of a state after a block expired in it: its cause is nobody's (UF2).
    select
        wiki_db,
        user_id,
        place,
        number,
        2 as part,
        user_text_historical,
        'alterblocks' as caused_by_event_type,
        inherited_expiry as start_time,
        end_time,
        creation_time,
        'unblock' as inferred_from,
        cast(null as string) as expiry,
        {{ empty_text_array() }} as blocks,
        state_groups
    from states
    where number = cut_number

),

with_last_blocks as (

    select
        *,
        last(coalesce(blocks, {{ empty_text_array() }})) over (
            partition by
                wiki_db,
                user_id
            order by
                number,
                part
            rows between unbounded preceding and unbounded following
        ) as last_blocks
    from stretches

)

select * from with_last_blocks
