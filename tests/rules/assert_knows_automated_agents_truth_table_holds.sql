{{ config(tags=['rule_test']) }}

with

cases as (

    select
        cast(expected as boolean) as expected,
        why
    from {{ ref('truth_knows_automated_agents') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ knows_automated_agents() }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
