{{ config(meta={'shows_rows': true}) }}
-- A map that knows none of the wikis leaves nothing of a snapshot: it is another map than was meant.
with

rejected as (

    select
        wiki_db,
        sum(event_count) as events
    from {{ rows_of_run_snapshot(ref('mediawiki_history_rejected')) }}
    where reason = 'wiki_is_not_in_the_namespace_map'
    group by wiki_db

),

kept as (

    select count(*) as events
    from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

unknown_wikis as (

    select
        rejected.wiki_db,
        rejected.events as events_dropped,
        'add the wiki to the file of WIKILAKE_NAMESPACES' as remedy
    from rejected
    cross join kept
    where kept.events = 0

)

select * from unknown_wikis
