{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('event_timestamp') }} as event_timestamp,
        {{ truth_value('event_user_creation_timestamp') }} as event_user_creation_timestamp,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_first_24_hours') }}

),

results as (

    select
        *,
        cast({{ is_in_first_24_hours() }} as string) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
