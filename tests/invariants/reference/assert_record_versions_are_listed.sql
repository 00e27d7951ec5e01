-- Whoever reads a row of the hour finds in record_versions by which definition it was made.
with

record_versions as (

    select * from {{ ref('record_versions') }}

),

stamped as (

    {%- for table in ['webrequest', 'pageview_hourly', 'projectview_hourly'] %}
    select distinct
        '{{ table }}' as table_name,
        record_version
    from {{ rows_of_run_hours(ref(table)) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

unlisted as (

    select stamped.*
    from stamped
    left join record_versions
        on
            stamped.record_version = record_versions.record_version
            and record_versions.table_name in (stamped.table_name, 'webrequest')
            and record_versions.is_known
    where record_versions.record_version is null

)

select * from unlisted
