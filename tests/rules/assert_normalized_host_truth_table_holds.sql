{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('host') }} as host,
        {{ truth_value('expected_project_family') }} as expected_project_family,
        {{ truth_value('expected_project') }} as expected_project,
        {{ truth_value('expected_qualifiers') }} as expected_qualifiers,
        {{ truth_value('expected_tld') }} as expected_tld,
        why
    from {{ ref('truth_normalized_host') }}
    where {{ in_force() }}

),

normalized as (

    select
        *,
        {{ normalized_host_text('host') }} as normalized_host
    from cases

),

results as (

    select
        *,
        {{ normalized_project_family('normalized_host') }} as project_family,
        {{ normalized_project('normalized_host') }} as project,
        {{ normalized_qualifiers('normalized_host') }} as qualifiers,
        {{ normalized_tld('normalized_host') }} as tld
    from normalized

),

violations as (

    select * from results
    where
        project_family is distinct from expected_project_family
        or project is distinct from expected_project
        or qualifiers is distinct from expected_qualifiers
        or tld is distinct from expected_tld

)

select * from violations
