{%- set members = [] -%}
{%- set values = {'hostname': '"cp1"', 'server_pid': '"1"', 'sequence': '7', 'time_firstbyte': '0.25', 'ip': '"192.0.2.1"', 'response_size': '300', 'termination_state': '"--"'} -%}
{%- for name in raw_fields() -%}
    {%- do members.append('"' ~ name ~ '":' ~ values.get(name, '"-"')) -%}
{%- endfor %}

with

cases as (

    select
        replace(
            '{{ '{' ~ members | join(',') ~ '}' }}',
            instead_of,
            {{ truth_value('written') }}
        ) as line,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_is_plain_line') }}

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
        {{ json_fields('line', raw_fields(), 'key_count') }} as field
    from counted

),

results as (

    select
        *,
        cast({{ is_plain_line('line', 'field', 'key_count') }} as {{ dbt.type_string() }}) as actual
    from first_reading

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
