{{ config(partition_by=['snapshot']) }}

with

counted_digests as (

    select * from {{ ref('int_wikistats__counted_digests') }}

),

editors as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        activity_level,
        digests as editors,
        {{ literal(run_snapshot()) }} as snapshot
    from counted_digests
    where event_entity = 'user'

)

select * from editors
