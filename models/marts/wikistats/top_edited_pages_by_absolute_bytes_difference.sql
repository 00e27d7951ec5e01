{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_edited_pages_by_absolute_bytes_difference as (
    {{ top_by('reduced', 'page_title', 'abs_bytes_diff') }}
)

select * from top_edited_pages_by_absolute_bytes_difference
