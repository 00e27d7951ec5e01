{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('dt') }} as dt,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_request_time') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        substr(cast({{ request_time('dt') }} as {{ dbt.type_string() }}), 1, 19) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
