-- The macros take the key as a literal, so every case is asked for each of the table's keys.
{%- set keys = ['https', 'a', 'wprov', '-', ''] %}

with

cases as (

    select
        {{ truth_value('x_analytics') }} as x_analytics,
        {{ truth_value('key') }} as asked_key,
        {{ truth_value('expected_has_map') }} as expected_has_map,
        {{ truth_value('expected_has_key') }} as expected_has_key,
        {{ truth_value('expected_value') }} as expected_value,
        why
    from {{ ref('truth_x_analytics_map') }}
    where {{ in_force() }}

),

maps as (

    select
        *,
        {{ x_analytics_map(cleaned_x_analytics('x_analytics')) }} as x_analytics_map
    from cases

),

results as (

    select
        *,
        cast(x_analytics_map is not null as {{ dbt.type_string() }}) as has_map,
        cast(
            case asked_key
                {%- for key in keys %}
                when '{{ key }}' then coalesce({{ map_has_key('x_analytics_map', key) }}, false)
                {%- endfor %}
            end as {{ dbt.type_string() }}
        ) as has_key,
        case asked_key
            {%- for key in keys %}
            when '{{ key }}' then {{ map_value('x_analytics_map', key) }}
            {%- endfor %}
            else 'no such key in this test'
        end as actual_value
    from maps

),

violations as (

    select * from results
    where
        has_map is distinct from expected_has_map
        or has_key is distinct from expected_has_key
        or actual_value is distinct from expected_value

)

select * from violations
