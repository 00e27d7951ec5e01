{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        cast({{ truth_value('event_user_is_anonymous') }} as boolean) as event_user_is_anonymous,
        cast({{ truth_value('event_user_is_temporary') }} as boolean) as event_user_is_temporary,
        cast({{ truth_value('event_user_is_group_bot') }} as boolean) as event_user_is_group_bot,
        cast({{ truth_value('event_user_is_name_bot') }} as boolean) as event_user_is_name_bot,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_user_type') }}

),

results as (

    select
        *,
        {{ history_user_type() }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
