-- The editors of a project made the edits that the project has as events (spec 5).
with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

counted as (

    select
        project,
        substr(event_timestamp, 1, 10) as day,
        sum(case when {{ is_edit() }} then 1 else 0 end) as edits,
        sum(
            case
                when
                    event_entity = 'user'
                    and event_type = 'daily_digest'
                    and user_type = 'all'
                    and page_type = 'all'
                    then revisions
                else 0
            end
        ) as edits_of_digests
    from reduced
    group by
        project,
        substr(event_timestamp, 1, 10)

),

unbalanced as (

    select * from counted
    where edits <> edits_of_digests

)

select * from unbalanced
