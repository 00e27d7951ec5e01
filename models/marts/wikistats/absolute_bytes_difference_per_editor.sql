{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

absolute_bytes_difference_per_editor as (
    {{ edits_per('reduced', 'user_text', 'page_type', 'abs_bytes_diff') }}
)

select * from absolute_bytes_difference_per_editor
