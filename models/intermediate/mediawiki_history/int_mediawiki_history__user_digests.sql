with

edits as (

    select * from {{ ref('int_mediawiki_history__edits') }}

),

user_digests as (
    {{ history_digests('user', 'user_key', 'edits') }}
)

select * from user_digests
