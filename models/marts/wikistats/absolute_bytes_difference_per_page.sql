{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

absolute_bytes_difference_per_page as (
    {{ edits_per('reduced', 'page_title', 'editor_type', 'abs_bytes_diff') }}
)

select * from absolute_bytes_difference_per_page
