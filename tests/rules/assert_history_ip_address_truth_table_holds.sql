{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        {{ truth_value('name') }} as name,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_ip_address') }}

),

results as (

    select
        *,
        cast({{ is_ip_address('name') }} as string) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
