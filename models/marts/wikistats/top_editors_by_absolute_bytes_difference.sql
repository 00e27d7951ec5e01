{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_editors_by_absolute_bytes_difference as (
    {{ top_by('reduced', 'user_text', 'abs_bytes_diff') }}
)

select * from top_editors_by_absolute_bytes_difference
