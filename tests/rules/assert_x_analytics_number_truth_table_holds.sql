{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('value') }} as value,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_x_analytics_number') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        cast({{ x_analytics_number('value') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
