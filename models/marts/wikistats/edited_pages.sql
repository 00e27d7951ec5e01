{{ config(partition_by=['snapshot']) }}

with

counted_digests as (

    select * from {{ ref('int_wikistats__counted_digests') }}

),

edited_pages as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        activity_level,
        digests as edited_pages,
        {{ literal(run_snapshot()) }} as snapshot
    from counted_digests
    where event_entity = 'page'

)

select * from edited_pages
