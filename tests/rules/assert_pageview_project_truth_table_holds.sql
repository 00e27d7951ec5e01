{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('lower_host') }} as lower_host,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_pageview_project') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ pageview_project('lower_host') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
