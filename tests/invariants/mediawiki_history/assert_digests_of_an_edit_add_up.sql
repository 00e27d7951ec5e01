-- The four ways of counting the edits of a day or month count the same edits (spec 5).
with

digests as (

    select
        project,
        event_entity,
        event_type,
        event_timestamp,
        user_type = 'all' as has_all_users,
        page_type = 'all' as has_all_pages,
        sum(revisions) as edits,
        count(*) as digests
    from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}
    where event_type in ('daily_digest', 'monthly_digest')
    group by
        project,
        event_entity,
        event_type,
        event_timestamp,
        user_type = 'all',
        page_type = 'all'

),

compared as (

    select
        project,
        event_entity,
        event_type,
        event_timestamp,
        count(*) as countings,
        min(edits) as fewest_edits,
        max(edits) as most_edits,
        max(case when has_all_users and has_all_pages then digests end) as digests_of_all,
        max(case when not has_all_users and has_all_pages then digests end) as digests_by_user_type,
        max(case when not has_all_users and not has_all_pages then digests end) as digests_by_both
    from digests
    group by
        project,
        event_entity,
        event_type,
        event_timestamp

),

wrong as (

    select * from compared
    where
        countings <> 4
        or fewest_edits <> most_edits
        or digests_of_all > digests_by_user_type
        or digests_by_user_type > digests_by_both

)

select * from wrong
