with

cases as (

    select
        {{ truth_value('x_analytics') }} as x_analytics,
        {{ truth_value('key') }} as key,
        {{ truth_value('expected') }} as expected,
        why
    from {{ ref('truth_x_analytics_value') }}
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
        case key
            {%- for key in ['preview', 'pageview'] %}
            when '{{ key }}' then {{ x_analytics_value('x_analytics', 'x_analytics_map', key) }}
            {%- endfor %}
            else 'no such key in this test'
        end as actual
    from maps

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
