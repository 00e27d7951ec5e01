{{ config(materialized='view') }}

with

edits_by_member as (
    {{ edits_by_member(ref('mediawiki_history_reduced'), 'page_title', ['editor_type']) }}
),

edits_per_page as (

    select
        project,
        page_title,
        granularity,
        period_start,
        editor_type,
        cast(sum(edits) as bigint) as edits,
        cast(sum(net_bytes_diff) as bigint) as net_bytes_diff,
        cast(sum(abs_bytes_diff) as bigint) as abs_bytes_diff,
        snapshot
    from edits_by_member
    where page_title is not null
    group by all

)

select * from edits_per_page
