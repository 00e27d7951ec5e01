{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('expected_integer') }} as expected_integer,
        cast({{ truth_value('expected_double') }} as double) as expected_double,
        why
    from {{ ref('truth_json_numbers') }}

),

results as (

    select
        *,
        cast({{ json_integer('text') }} as {{ dbt.type_string() }}) as actual_integer,
        {{ json_double('text') }} as actual_double
    from cases

),

violations as (

    select * from results
    where
        actual_integer is distinct from expected_integer
        or actual_double is distinct from expected_double

)

select * from violations
