{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('user_agent') }} as user_agent,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_wmf_app_version') }}

),

results as (

    select
        *,
        {{ wmf_app_version('user_agent') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
