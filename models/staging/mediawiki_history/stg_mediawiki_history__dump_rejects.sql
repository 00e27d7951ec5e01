{{ config(enabled=not is_history_from_tables()) }}
-- depends_on: {{ ref('stg_mediawiki_history__dump_events') }}

with

rejects as (

    {{ history_dump_rows('rejected') }}

)

select * from rejects
