with

cases as (

    select
        {{ strict_json('line') }} as line,
        {{ truth_value('expected_hostname') }} as expected_hostname,
        {{ truth_value('expected_http_status') }} as expected_http_status,
        {{ truth_value('expected_sequence') }} as expected_sequence,
        why
    from {{ ref('truth_json_fields') }}

),

counted as (

    select
        *,
        {{ json_key_count('line') }} as key_count
    from cases

),

first_reading as (

    select
        *,
        {{ json_fields('line', raw_fields(), 'key_count') }} as first_field
    from counted

),

objects as (

    select
        *,
        {{ json_object_keys('line', 'first_field') }} as keys
    from first_reading

),

results as (

    select
        *,
        case
            when {{ are_plain_keys('keys') }} then first_field
            else {{ json_fields(json_with_lower_keys('line', 'keys'), raw_fields(), 'key_count') }}
        end as field
    from objects

),

violations as (

    select * from results
    where
        field.hostname is distinct from expected_hostname
        or field.http_status is distinct from expected_http_status
        or field.sequence is distinct from expected_sequence

)

select * from violations
