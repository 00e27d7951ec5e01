{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('provenance') }} as provenance,
        cast(is_plain as boolean) as is_plain,
        cast(expected as boolean) as expected,
        why
    from {{ ref('truth_is_located') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ is_located('provenance', 'is_plain') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
