{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_normalized_path') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ normalized_path('uri_path') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
