{{ config(tags=['history_from_tables'], meta={'severity_variable': 'history_outcomes_severity'}) }}
-- Logs that contradict themselves lose a few events, in the original's rows too. Many lost ones mean
-- that tables are incomplete, of another wiki or of another time.
with

shares as (

    select
        wiki_db,
        event_entity,
        event_type,
        sum(event_count) as events,
        sum(case when outcome = 'lost' then event_count else 0 end) as lost,
        sum(case when outcome = 'unreadable' then event_count else 0 end) as unreadable
    from {{ rows_of_run_snapshot(ref('mediawiki_history_outcomes')) }}
    where outcome in ('matched', 'lost', 'unreadable')
    group by
        wiki_db,
        event_entity,
        event_type

),

implausible as (

    select * from shares
    where
        events >= {{ variable('history_fewest_events') }}
        and (
            lost > events * {{ variable('history_lost_share') }}
            or unreadable > events * {{ variable('history_unreadable_share') }}
        )

)

select * from implausible
