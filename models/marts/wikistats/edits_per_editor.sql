{{ config(materialized='view') }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}

),

edits_per_editor as (
    {{ edits_per('reduced', 'user_text', 'page_type', 'edits') }}
)

select * from edits_per_editor
