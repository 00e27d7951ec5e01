{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('uri_host') }} as uri_host,
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_api_request') }}

),

results as (

    select
        *,
        cast({{ is_api_request('uri_host', 'uri_path') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
