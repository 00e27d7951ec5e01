{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('path') }} as path,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_title_from_path') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ title_from_path('path') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
