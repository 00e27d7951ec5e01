{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('x_analytics') }} as x_analytics,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_cleaned_wprov') }}

),

results as (

    select
        *,
        {{ cleaned_wprov('x_analytics') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
