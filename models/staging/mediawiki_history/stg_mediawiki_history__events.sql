with

table_events as (

    select * from {{ ref('stg_mediawiki_history__table_events') }}

),

{% if not is_history_from_tables() -%}
dump_events as (

    select * from {{ ref('stg_mediawiki_history__dump_events') }}

),

{% endif -%}
-- A snapshot of files has either dumps or Parquet; the reader refuses both at once.
events as (

    select * from table_events
    {%- if not is_history_from_tables() %}
    union all
    select * from dump_events
    {%- endif %}

)

select * from events
