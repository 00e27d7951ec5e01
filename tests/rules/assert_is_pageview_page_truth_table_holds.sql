{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('uri_query') }} as uri_query,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_pageview_page') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        cast(
            {{ names_a_page('uri_path', 'uri_query') }}
            and {{ is_no_api_path('uri_path') }}
            and {{ is_wanted_action('uri_query') }}
            as {{ dbt.type_string() }}
        ) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
