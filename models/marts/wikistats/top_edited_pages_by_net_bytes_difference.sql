{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_edited_pages_by_net_bytes_difference as (
    {{ top_by('reduced', 'page_title', 'net_bytes_diff') }}
)

select * from top_edited_pages_by_net_bytes_difference
