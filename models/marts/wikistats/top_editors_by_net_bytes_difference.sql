{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_editors_by_net_bytes_difference as (
    {{ top_by('reduced', 'user_text', 'net_bytes_diff') }}
)

select * from top_editors_by_net_bytes_difference
