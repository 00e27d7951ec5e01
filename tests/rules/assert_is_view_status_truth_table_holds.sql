{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('http_status') }} as http_status,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_view_status') }}

),

results as (

    select
        *,
        cast({{ is_view_status('http_status') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
