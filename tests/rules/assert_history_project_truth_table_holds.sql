{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('hostname') }} as hostname,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_project') }}

),

results as (

    select
        *,
        {{ history_project('hostname') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
