{{ config(materialized='table') }}

with

user_log as (

    select * from {{ ref('int_mediawiki_history__user_log') }}

),

-- In the order in which history is walked back from today.
user_events as (

    select
        *,
        row_number() over (
            partition by wiki_db
            order by
                event_time desc,
                case when event_type = 'create' then 0 else 1 end asc,
                log_id desc
        ) as place
    from user_log
    where unreadable_part is null

)

select * from user_events
