{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('uri_query') }} as uri_query,
        cast(is_refused_special_page as boolean) as is_refused_special_page,
        cast(is_app_view as boolean) as is_app_view,
        cast(expected as boolean) as expected,
        why
    from {{ ref('truth_is_no_special_page') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ is_no_special_page('is_app_view') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
