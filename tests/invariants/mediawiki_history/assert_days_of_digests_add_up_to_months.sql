-- The days of a month hold the edits of its month, in no fewer digests (spec 5).
with

digests as (

    select
        project,
        event_entity,
        substr(event_timestamp, 1, 7) as month,
        sum(case when event_type = 'daily_digest' then revisions else 0 end) as edits_of_days,
        sum(case when event_type = 'monthly_digest' then revisions else 0 end) as edits_of_month,
        count(case when event_type = 'daily_digest' then 1 end) as digests_of_days,
        count(case when event_type = 'monthly_digest' then 1 end) as digests_of_month
    from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}
    where
        event_type in ('daily_digest', 'monthly_digest')
        and user_type = 'all'
        and page_type = 'all'
    group by
        project,
        event_entity,
        substr(event_timestamp, 1, 7)

),

wrong as (

    select * from digests
    where edits_of_days <> edits_of_month or digests_of_days < digests_of_month

)

select * from wrong
