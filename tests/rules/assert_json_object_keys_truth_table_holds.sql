{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ strict_json(truth_value('line')) }} as line,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_json_object_keys') }}

),

counted as (

    select
        *,
        {{ json_key_count('line') }} as key_count
    from cases

),

first_reading as (

    select
        *,
        {{ json_fields('line', raw_fields(), 'key_count') }} as field
    from counted

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
