-- depends_on: {{ source('raw', 'webrequest') }}

with

lines as (

    {{ raw_lines() }}

),

strict as (

    select
        *,
        {{ strict_json('line') }} as json
    from lines

),

counted as (

    select
        *,
        {{ json_key_count('json') }} as key_count
    from strict

),

first_reading as (

    select
        *,
        {{ json_fields('json', raw_fields(), 'key_count') }} as field
    from counted

),

plain as (

    select
        *,
        unreadable_reason is null and {{ is_plain_line('json', 'field', 'key_count') }} as is_plain
    from first_reading

),

checked as (

    select
        *,
        case when not is_plain then {{ json_object_keys('json', 'field') }} end as keys
    from plain

),

fields as (

    select
        file_name,
        webrequest_source,
        line,
        unreadable_reason,
        case
            when is_plain then field
            when unreadable_reason is not null then null
            when {{ are_plain_keys('keys') }} then field
            when keys is not null then {{ json_fields(json_with_lower_keys('json', 'keys'), raw_fields(), 'key_count') }}
        end as field,
        {{ hour_columns() }}
    from checked

),

numbers as (

    select
        file_name,
        webrequest_source,
        line,
        case
            when field is not null then null
            when unreadable_reason is not null then unreadable_reason
            when {{ trim_blanks("coalesce(line, '')") }} = '' then 'blank_line'
            else 'not_a_json_object'
        end as line_fault,
        field,
        {{ json_integer('field.sequence') }} as sequence,
        {{ json_double('field.time_firstbyte') }} as time_firstbyte,
        {{ json_integer('field.response_size') }} as response_size,
        {{ hour_columns() }}
    from fields

),

faults as (

    select
        *,
        case
            when line_fault is not null then line_fault
            when sequence is null and field.sequence is not null then 'sequence_is_no_integer'
            when time_firstbyte is null and field.time_firstbyte is not null then 'time_firstbyte_is_no_number'
            when response_size is null and field.response_size is not null
                then 'response_size_is_no_integer'
        end as rejection_reason
    from numbers

),

raw as (

    select
        webrequest_source,
        {%- for name in raw_fields() %}
        {{ name if name in raw_number_fields() else 'field.' ~ name }} as {{ name }},
        {%- endfor %}
        rejection_reason,
        case when rejection_reason is not null then file_name end as rejected_file_name,
        case when rejection_reason is not null then line end as rejected_line,
        {{ hour_columns() }}
    from faults

)

select * from raw
