{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('line') }} as line,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_json_object_keys') }}

),

first_reading as (

    select
        *,
        {{ json_fields('line', raw_fields()) }} as field
    from cases

),

results as (

    select
        *,
        cast({{ json_object_keys('line', 'field') }} is not null as {{ dbt.type_string() }}) as actual
    from first_reading

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
