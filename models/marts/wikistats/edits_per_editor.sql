{{ config(materialized='view') }}

with

edits_by_member as (
    {{ edits_by_member(ref('mediawiki_history_reduced'), 'user_text', ['page_type']) }}
),

edits_per_editor as (

    select
        project,
        user_text,
        granularity,
        period_start,
        page_type,
        {{ bigint_sum('edits') }} as edits,
        {{ bigint_sum('net_bytes_diff') }} as net_bytes_diff,
        {{ bigint_sum('abs_bytes_diff') }} as abs_bytes_diff,
        snapshot
    from edits_by_member
    where user_text is not null
    group by all

)

select * from edits_per_editor
