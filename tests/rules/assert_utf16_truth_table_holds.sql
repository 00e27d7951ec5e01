{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('expected_length') }} as expected_length,
        {{ truth_value('expected_first_three') }} as expected_first_three,
        why
    from {{ ref('truth_utf16') }}

),

results as (

    select
        *,
        cast({{ utf16_length('text') }} as {{ dbt.type_string() }}) as actual_length,
        {{ utf16_left('text', 3) }} as first_three
    from cases

),

violations as (

    select * from results
    where
        actual_length is distinct from expected_length
        or first_three is distinct from expected_first_three

)

select * from violations
