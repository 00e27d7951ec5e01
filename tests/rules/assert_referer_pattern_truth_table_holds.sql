{{ config(tags=['rule_test']) }}

with

cases as (

    select
        host,
        followed_by,
        referer,
        expected,
        why
    from {{ ref('truth_referer_pattern') }}

),

patterns as (

    select
        *,
        {{ referer_pattern('host', 'followed_by') }} as pattern
    from cases

),

results as (

    select
        *,
        cast({{ regex_matches_column('referer', 'pattern') }} as {{ dbt.type_string() }}) as actual
    from patterns

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
