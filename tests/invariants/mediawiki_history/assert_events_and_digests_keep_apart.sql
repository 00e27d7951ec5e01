-- No digest has a field that belongs to events, nor an event one that belongs to digests (spec 2,
-- 9.3).
with

reduced as (

    select
        *,
        coalesce(event_type in ('daily_digest', 'monthly_digest'), false) as is_digest
    from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

mixed as (

    select * from reduced
    where
        (
            is_digest
            and (
                user_text is not null
                or page_title is not null
                or page_namespace is not null
                or user_id is not null
                or user_central_id is not null
                or page_id is not null
                or revisions < 1
                or event_entity not in ('user', 'page')
            )
        )
        or (
            not is_digest
            and (
                user_type = 'all'
                or page_type = 'all'
                or revisions <> case when event_entity = 'revision' then 1 else 0 end
            )
        )

)

select * from mixed
