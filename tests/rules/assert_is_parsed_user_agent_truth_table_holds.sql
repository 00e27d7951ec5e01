{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('user_agent') }} as user_agent,
        cast(expected as boolean) as expected,
        why
    from {{ ref('truth_is_parsed_user_agent') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ is_parsed_user_agent('user_agent') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
