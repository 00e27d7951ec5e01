{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('path') }} as path,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_wiki_path') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        cast({{ is_wiki_path('path') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
