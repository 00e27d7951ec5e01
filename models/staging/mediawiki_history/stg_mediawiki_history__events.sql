with

table_events as (

    select * from {{ ref('stg_mediawiki_history__table_events') }}

),

dump_events as (

    select * from {{ ref('stg_mediawiki_history__dump_events') }}

),

-- A snapshot has either dumps or Parquet; the reader refuses both at once.
events as (

    select * from table_events
    union all
    select * from dump_events

)

select * from events
