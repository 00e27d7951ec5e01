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
        {{ bigint_sum('edits') }} as edits,
        {{ bigint_sum('net_bytes_diff') }} as net_bytes_diff,
        {{ bigint_sum('abs_bytes_diff') }} as abs_bytes_diff,
        snapshot
    from edits_by_member
    where page_title is not null
    group by all

)

select * from edits_per_page
