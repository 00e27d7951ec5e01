{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_edited_pages_by_edits as (
    {{ top_by('reduced', 'page_title', 'edits') }}
)

select * from top_edited_pages_by_edits
