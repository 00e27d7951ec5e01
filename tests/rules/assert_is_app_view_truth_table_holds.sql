{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('user_agent') }} as user_agent,
        {{ truth_value('content_type') }} as content_type,
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('uri_query') }} as uri_query,
        cast(is_tagged_pageview as boolean) as is_tagged_pageview,
        cast(expected_app as boolean) as expected_app,
        cast(expected_app_view as boolean) as expected_app_view,
        cast(expected_has_tag as boolean) as expected_has_tag,
        why
    from {{ ref('truth_is_app_view') }}
    where {{ in_force() }}

),

apps as (

    select
        *,
        {{ is_app_user_agent('user_agent') }} as is_wikipedia_app
    from cases

),

results as (

    select
        *,
        {{ is_app_view() }} as is_app_view,
        {{ has_tag_if_app() }} as has_tag
    from apps

),

violations as (

    select * from results
    where
        is_wikipedia_app is distinct from expected_app
        or is_app_view is distinct from expected_app_view
        or has_tag is distinct from expected_has_tag

)

select * from violations
