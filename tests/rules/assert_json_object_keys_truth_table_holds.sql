{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('line') }} as line,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_json_object_keys') }}

),

objects as (

    select
        *,
        {{ json_object_keys('line') }} as keys
    from cases

),

fields as (

    select
        *,
        case
            when keys is not null
                then {{ json_fields(json_with_plain_keys('line', 'keys'), raw_fields()) }}
        end as field
    from objects

),

results as (

    select
        *,
        cast(field is not null as {{ dbt.type_string() }}) as actual
    from fields

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
