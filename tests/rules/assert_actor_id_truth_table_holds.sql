{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('x_analytics') }} as x_analytics,
        {{ truth_value('uri_query') }} as uri_query,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_actor_id') }}

),

maps as (

    select
        *,
        {{ str_to_map('x_analytics', ';', '=') }} as x_analytics_map
    from cases

),

results as (

    select
        x_analytics,
        uri_query,
        expected,
        why,
        {{ actor_id('x_analytics_map', 'uri_query') }} as actual
    from maps

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
