{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('project') }} as project,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_project_family') }}

),

results as (

    select
        *,
        {{ project_family('project') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
