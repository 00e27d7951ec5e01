{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('dumped') }} as dumped,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_dump_text') }}

),

results as (

    select
        *,
        {{ unescaped_dump_text('dumped') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
