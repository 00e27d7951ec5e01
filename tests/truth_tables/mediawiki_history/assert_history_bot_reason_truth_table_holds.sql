with

cases as (

    select
        case
            when today <> '<null>' then case
                when today = '<empty>' then {{ empty_text_array() }}
                else {{ split_to_array('today', ' ') }}
            end
        end as today,
        case
            when back_then <> '<null>' then case
                when back_then = '<empty>' then {{ empty_text_array() }}
                else {{ split_to_array('back_then', ' ') }}
            end
        end as back_then,
        reason,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_bot_reason') }}

),

results as (

    select
        *,
        case reason
            when 'group' then cast({{ has_bot_reason('today', 'back_then', 'group') }} as string)
            when 'name' then cast({{ has_bot_reason('today', 'back_then', 'name') }} as string)
        end as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
