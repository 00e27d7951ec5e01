with

edits as (

    select * from {{ ref('int_mediawiki_history__edits') }}
    where not may_be_redirect

),

page_digests as (
    {{ history_digests('page', 'page_key', 'edits') }}
)

select * from page_digests
