{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('encoded') }} as encoded,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_percent_decode') }}

),

results as (

    select
        *,
        {{ percent_decode('encoded') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
