{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        cast({{ truth_value('edits') }} as bigint) as edits,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_activity_level') }}

),

results as (

    select
        *,
        {{ activity_level('edits') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
