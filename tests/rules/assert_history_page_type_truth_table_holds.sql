{{ config(tags=['rule_test', 'history']) }}

with

cases as (

    select
        cast({{ truth_value('page_namespace_is_content') }} as boolean) as page_namespace_is_content,
        cast({{ truth_value('page_namespace_is_content_historical') }} as boolean) as page_namespace_is_content_historical,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_history_page_type') }}

),

results as (

    select
        *,
        {{ history_page_type() }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
