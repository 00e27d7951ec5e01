{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('canonical_name') }} as canonical_name,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_title_prefix') }}

),

results as (

    select
        *,
        {{ history_title_prefix('canonical_name') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
