{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('value') }} as value,
        {{ truth_value('other') }} as other,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_if_both_known') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ if_both_known('value', 'other') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
