with

table_events as (

    select * from {{ ref('stg_mediawiki_history__table_events') }}

),

events as (

    select * from table_events

)

select * from events
