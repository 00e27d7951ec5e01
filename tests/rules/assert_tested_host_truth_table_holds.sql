{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('trimmed_host') }} as trimmed_host,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_tested_host') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ tested_host('trimmed_host') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
