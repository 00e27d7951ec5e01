{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

top_editors_by_edits as (
    {{ top_by('reduced', 'user_text', 'edits') }}
)

select * from top_editors_by_edits
