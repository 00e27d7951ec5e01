{{ config(group='history', tags=['history_from_tables']) }}
-- Each row of logs and revisions that the tables hold is matched, lost, unreadable, repeated or left
-- out, exactly once.
with

given_rows as (

    select
        wiki_db,
        event_entity,
        sum(row_count) as rows_given
    from {{ ref('int_mediawiki_history__given_rows') }}
    group by
        wiki_db,
        event_entity

),

counted as (

    select
        wiki_db,
        event_entity,
        sum(event_count) as rows_counted,
        min(event_count) as smallest
    from {{ rows_of_run_snapshot(ref('mediawiki_history_outcomes')) }}
    group by
        wiki_db,
        event_entity

),

unlike as (

    select
        given_rows.wiki_db,
        given_rows.event_entity,
        given_rows.rows_given,
        counted.rows_counted
    from given_rows
    left join counted
        on
            given_rows.wiki_db is not distinct from counted.wiki_db
            and given_rows.event_entity = counted.event_entity
    where
        counted.rows_counted is distinct from given_rows.rows_given
        or counted.smallest < 1

)

select * from unlike
