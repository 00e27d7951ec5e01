-- The macros take the key as a literal, so every case is asked for each of the table's keys.
{%- set keys = ['a', 'b', 'c', 'A', 'ü', '', ' ', ' a'] %}

with

cases as (

    select
        {{ truth_value('text') }} as text,
        {{ truth_value('key') }} as asked_key,
        {{ truth_value('expected_has_key') }} as expected_has_key,
        {{ truth_value('expected_value') }} as expected_value,
        why
    from {{ ref('truth_str_to_map') }}

),

maps as (

    select
        *,
        {{ str_to_map('text', ';', '=') }} as pairs
    from cases

),

results as (

    select
        text,
        asked_key,
        expected_has_key,
        expected_value,
        why,
        cast(
            case asked_key
                {%- for key in keys %}
                when '{{ key }}' then {{ map_has_key('pairs', key) }}
                {%- endfor %}
            end as {{ dbt.type_string() }}
        ) as has_key,
        case asked_key
            {%- for key in keys %}
            when '{{ key }}' then {{ map_value('pairs', key) }}
            {%- endfor %}
            else 'no such key in this test'
        end as actual_value
    from maps

),

violations as (

    select * from results
    where
        has_key is distinct from expected_has_key
        or actual_value is distinct from expected_value

)

select * from violations
