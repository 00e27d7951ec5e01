-- How many of the edits are undone, and whose?
--
-- The run's snapshot, all time. Under history_reduced_definition 2026 edits carry no tag when they
-- were reverted, so this needs wikitech, the default. A high share among people without an account
-- shows vandalism and patrolling at work, a high share among bots a quarrel of programs.

with

events as (

    select * from {{ ref('mediawiki_history_reduced') }}
    where {{ in_run_snapshot() }}

),

edits as (

    select
        project,
        user_type,
        case when {{ array_has('other_tags', "'reverted'") }} then 1 else 0 end as is_reverted
    from events
    where
        event_entity = 'revision'
        and event_type = 'create'
        and user_type is not null

),

by_editor_type as (

    select
        project,
        user_type,
        count(*) as edit_count,
        sum(is_reverted) as reverted_count,
        round(cast(sum(is_reverted) as double) / count(*) * 100, 2) as percent_reverted
    from edits
    group by
        project,
        user_type

)

select * from by_editor_type
order by project, user_type
