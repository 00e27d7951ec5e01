{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('uri_query') }} as uri_query,
        {{ truth_value('expected_title') }} as expected_title,
        {{ truth_value('expected_page') }} as expected_page,
        why
    from {{ ref('truth_query_parameter') }}

),

results as (

    select
        *,
        {{ query_parameter('uri_query', 'title') }} as title,
        {{ query_parameter('uri_query', 'page') }} as page
    from cases

),

violations as (

    select * from results
    where
        title is distinct from expected_title
        or page is distinct from expected_page

)

select * from violations
