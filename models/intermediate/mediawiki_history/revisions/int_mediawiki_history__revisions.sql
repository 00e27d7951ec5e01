{{ config(materialized='table') }}

with

revisions as (

    select * from {{ ref('stg_mediawiki__revisions') }}

),

archived as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                ar_rev_id
            order by ar_timestamp desc
        ) as number
    from {{ ref('stg_mediawiki__archived_revisions') }}

),

performers as (

    select * from {{ ref('int_mediawiki_history__performers') }}

),

-- Of an archived revision its latest row counts (R1).
all_revisions as (

    select
        wiki_db,
        rev_id,
        rev_page as page_id,
        rev_timestamp as revision_time,
        rev_minor_edit as is_minor,
        rev_deleted as deleted_bits,
        rev_len as text_bytes,
        rev_parent_id as parent_id,
        rev_actor as actor_id,
        rev_comment_id as comment_id,
        cast(null as integer) as page_namespace,
        cast(null as string) as page_title,
        false as is_archived
    from revisions
    union all
    select
        wiki_db,
        ar_rev_id as rev_id,
        ar_page_id as page_id,
        ar_timestamp as revision_time,
        ar_minor_edit as is_minor,
        ar_deleted as deleted_bits,
        ar_len as text_bytes,
        ar_parent_id as parent_id,
        ar_actor as actor_id,
        cast(null as bigint) as comment_id,
        ar_namespace as page_namespace,
        ar_title as page_title,
        true as is_archived
    from archived
    where
        number = 1
        or coalesce(ar_rev_id, 0) <= 0

),

numbered as (

    select
        all_revisions.*,
        performers.user_id,
        performers.user_text,
        performers.is_anonymous,
        row_number() over (
            partition by all_revisions.wiki_db
            order by
                all_revisions.page_id asc,
                all_revisions.revision_time asc,
                all_revisions.rev_id asc nulls first,
                all_revisions.parent_id asc nulls first
        ) as revision_number
    from all_revisions
    left join performers
        on
            all_revisions.wiki_db = performers.wiki_db
            and all_revisions.actor_id = performers.actor_id

)

select * from numbered
