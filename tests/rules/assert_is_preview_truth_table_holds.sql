{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('value') }} as value,
        cast(is_accepted_special_page as boolean) as is_accepted_special_page,
        cast(expected_preview as boolean) as expected_preview,
        cast(expected_debug as boolean) as expected_debug,
        why
    from {{ ref('truth_is_preview') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ is_preview('value', 'is_accepted_special_page') }} as is_preview,
        {{ is_debug('value', 'is_accepted_special_page') }} as is_debug
    from cases

),

violations as (

    select * from results
    where
        is_preview is distinct from expected_preview
        or is_debug is distinct from expected_debug

)

select * from violations
