{{ config(severity='warn', tags=['history_from_tables']) }}
-- A state of a user or page ends when the next one begins. Logs that contradict themselves make a few
-- overlap, in the original's rows too: this names the wikis in which more than one in ten does.
with

states as (

    select
        wiki_db,
        'user' as event_entity,
        cast(user_id as {{ dbt.type_string() }}) as id,
        start_timestamp,
        end_timestamp
    from {{ rows_of_run_snapshot(ref('mediawiki_user_history')) }}
    where user_id is not null
    union all
    select
        wiki_db,
        'page' as event_entity,
        coalesce(cast(nullif(page_id, 0) as {{ dbt.type_string() }}), page_artificial_id) as id,
        start_timestamp,
        end_timestamp
    from {{ rows_of_run_snapshot(ref('mediawiki_page_history')) }}

),

followed as (

    select
        *,
        lead(start_timestamp) over (
            partition by wiki_db, event_entity, id
            order by start_timestamp asc, end_timestamp asc
        ) as next_start
    from states
    where id is not null and start_timestamp is not null

),

counted as (

    select
        wiki_db,
        event_entity,
        count(*) as states,
        count(case when coalesce(end_timestamp, '9999') > next_start then 1 end) as overlapping,
        count(case when end_timestamp < start_timestamp then 1 end) as backwards
    from followed
    group by
        wiki_db,
        event_entity

),

contradicting as (

    select * from counted
    where (overlapping + backwards) * 10 > states

)

select * from contradicting
