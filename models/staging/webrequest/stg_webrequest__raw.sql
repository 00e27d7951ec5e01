-- depends_on: {{ source('raw', 'webrequest') }}

with

lines as (

    {{ raw_lines() }}

),

objects as (

    select
        file_name,
        webrequest_source,
        line,
        {{ json_object_keys('line') }} as keys
    from lines

),

fields as (

    select
        file_name,
        webrequest_source,
        line,
        case
            when keys is not null
                then {{ json_fields(json_with_plain_keys('line', 'keys'), raw_fields()) }}
        end as field
    from objects

),

numbers as (

    select
        file_name,
        webrequest_source,
        line,
        case
            when field is not null then null
            when {{ trim_blanks("coalesce(line, '')") }} = '' then 'blank_line'
            else 'not_a_json_object'
        end as line_fault,
        field,
        {{ json_integer('field.sequence') }} as sequence,
        {{ json_double('field.time_firstbyte') }} as time_firstbyte,
        {{ json_integer('field.response_size') }} as response_size
    from fields

),

faults as (

    select
        *,
        case
            when line_fault is not null then line_fault
            when sequence is null and field.sequence is not null then 'sequence_is_no_integer'
            when time_firstbyte is null and field.time_firstbyte is not null
                then 'time_firstbyte_is_no_number'
            when response_size is null and field.response_size is not null
                then 'response_size_is_no_integer'
        end as rejection_reason
    from numbers

),

raw as (

    select
        webrequest_source,
        {%- for name in raw_fields() %}
        {{ name if name in ('sequence', 'time_firstbyte', 'response_size') else 'field.' ~ name }} as {{ name }},
        {%- endfor %}
        rejection_reason,
        case when rejection_reason is not null then file_name end as rejected_file_name,
        case when rejection_reason is not null then line end as rejected_line
    from faults

)

select * from raw
