{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('expected_unicode') }} as expected_unicode,
        {{ truth_value('expected_ascii') }} as expected_ascii,
        why
    from {{ ref('truth_lower') }}

),

results as (

    select
        *,
        {{ lower_unicode('text') }} as lower_unicode,
        {{ lower_ascii('text') }} as lower_ascii
    from cases

),

violations as (

    select * from results
    where
        lower_unicode is distinct from expected_unicode
        or lower_ascii is distinct from expected_ascii

)

select * from violations
