{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

net_bytes_difference_per_editor as (
    {{ edits_per('reduced', 'user_text', 'page_type', 'net_bytes_diff') }}
)

select * from net_bytes_difference_per_editor
