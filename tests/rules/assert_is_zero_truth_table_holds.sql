{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('x_analytics') }} as x_analytics,
        {{ truth_value('expected') }} as expected,
        {{ truth_value('expected_carrier') }} as expected_carrier,
        why
    from {{ ref('truth_is_zero') }}
    where {{ in_force() }}

),

maps as (

    select
        *,
        {{ x_analytics_map(cleaned_x_analytics('x_analytics')) }} as x_analytics_map
    from cases

),

results as (

    select
        *,
        cast({{ is_zero('x_analytics_map') }} as {{ dbt.type_string() }}) as actual,
        {{ zero_carrier('x_analytics_map') }} as carrier
    from maps

),

violations as (

    select * from results
    where
        actual is distinct from expected
        or carrier is distinct from expected_carrier

)

select * from violations
