{{ config(materialized='table') }}

with

archived as (

    select
        wiki_db,
        revision_number,
        page_id,
        {{ history_timestamp('revision_time') }} as revision_timestamp
    from {{ ref('int_mediawiki_history__revisions') }}
    where is_archived

),

deletes as (

    select
        wiki_db,
        page_id,
        start_timestamp
    from {{ ref('int_mediawiki_history__numbered_page_states') }}
    where
        caused_by_event_type = 'delete'
        and is_looked_up

),

next_deletes as (

    select
        archived.wiki_db,
        archived.revision_number,
        min(deletes.start_timestamp) as deletion_timestamp
    from archived
    inner join deletes
        on
            archived.wiki_db = deletes.wiki_db
            and archived.page_id = deletes.page_id
            and archived.revision_timestamp < deletes.start_timestamp
    group by
        archived.wiki_db,
        archived.revision_number

),

-- Without a delete that is known the page's last archived revision stands for it (R2).
revision_deletions as (

    select
        archived.wiki_db,
        archived.revision_number,
        case
            when archived.page_id > 0
                then coalesce(
                    next_deletes.deletion_timestamp,
                    max(archived.revision_timestamp) over (
                        partition by
                            archived.wiki_db,
                            archived.page_id
                    )
                )
            else archived.revision_timestamp
        end as deletion_timestamp
    from archived
    left join next_deletes
        on
            archived.wiki_db = next_deletes.wiki_db
            and archived.revision_number = next_deletes.revision_number

)

select * from revision_deletions
