{{ config(partition_by=['snapshot']) }}

with

new_pages as (

    select * from {{ rows_of_run_snapshot(ref('new_pages')) }}

),

pages_to_date as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        cast(
            sum(new_pages) over (
                partition by
                    project,
                    granularity,
                    editor_type,
                    page_type
                order by period_start
            ) as bigint
        ) as pages_to_date,
        snapshot
    from new_pages

)

select * from pages_to_date
