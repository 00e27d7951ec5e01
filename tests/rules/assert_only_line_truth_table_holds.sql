{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_only_line') }}

),

results as (

    select
        *,
        {{ only_line('text') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
