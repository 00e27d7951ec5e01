with

cases as (

    select
        table_name,
        expected,
        why
    from {{ ref('truth_stamped_version') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        case table_name
            {%- for table_name in ['webrequest', 'pageview_hourly', 'projectview_hourly'] %}
            when '{{ table_name }}' then {{ stamped_version(table_name) }}
            {%- endfor %}
            else 'no such table in this test'
        end as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
