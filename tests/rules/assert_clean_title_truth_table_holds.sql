{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('decoded_title') }} as decoded_title,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_clean_title') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ clean_title('decoded_title') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
