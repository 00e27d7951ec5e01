{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

edits_per_page as (
    {{ edits_per('reduced', 'page_title', 'editor_type', 'edits') }}
)

select * from edits_per_page
