{{ config(tags=['rule_test']) }}

with

cases as (

    select
        cast(is_mobile_app as boolean) as is_mobile_app,
        cast(is_mobile as boolean) as is_mobile,
        cast(has_mobile_label as boolean) as has_mobile_label,
        {{ 'expected_by_' ~ var('mobile_web_from') }} as expected,
        why
    from {{ ref('truth_access_method') }}

),

results as (

    select
        *,
        {{ access_method('is_mobile_app', 'is_mobile', 'has_mobile_label') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
