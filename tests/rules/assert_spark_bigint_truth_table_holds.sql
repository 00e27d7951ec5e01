{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_spark_bigint') }}

),

results as (

    select
        *,
        cast({{ spark_bigint('text') }} as {{ dbt.type_string() }}) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
