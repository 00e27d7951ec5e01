{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('content_type') }} as content_type,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_html') }}

),

results as (

    select
        *,
        cast({{ is_html('content_type') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
