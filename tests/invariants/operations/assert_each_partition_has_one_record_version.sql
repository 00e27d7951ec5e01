-- A partition is made by one definition as a whole, whoever wrote its files.
with

stamped as (

    {%- for table in ['webrequest', 'pageview_hourly', 'projectview_hourly'] %}
    select distinct
        '{{ table }}' as table_name,
        record_version
    from {{ rows_of_run_hours(ref(table)) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

mixed as (

    select
        table_name,
        count(*) as record_versions
    from stamped
    group by table_name
    having count(*) > 1

)

select * from mixed
