{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('dt') }} as dt,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_utc_timestamp') }}

),

-- Engines differ in whether they write the session's zone, which is UTC, after the seconds.
results as (

    select
        *,
        substr(cast({{ utc_timestamp('dt') }} as {{ dbt.type_string() }}), 1, 19) as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
