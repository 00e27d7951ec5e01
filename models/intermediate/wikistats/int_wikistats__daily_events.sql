with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

flagged as (

    select
        project,
        substr(event_timestamp, 1, 10) as event_timestamp,
        {{ wikistats_editor_type('user_type') }} as editor_type,
        {{ wikistats_page_type('page_type') }} as page_type,
        {{ is_edit() }} as is_edit,
        {{ is_new_page() }} as is_new_page,
        {{ is_new_registered_user() }} as is_new_registered_user,
        text_bytes_diff,
        text_bytes_diff_abs
    from reduced
    where event_entity in ('revision', 'page', 'user') and event_type = 'create'

),

daily_events as (

    select
        project,
        event_timestamp,
        editor_type,
        page_type,
        count(case when is_edit then 1 end) as edits,
        {{ bigint_sum('case when is_edit then coalesce(text_bytes_diff, 0) else 0 end') }}
            as net_bytes_diff,
        {{ bigint_sum('case when is_edit then coalesce(text_bytes_diff_abs, 0) else 0 end') }}
            as abs_bytes_diff,
        count(case when is_new_page then 1 end) as new_pages,
        count(case when is_new_registered_user then 1 end) as new_registered_users
    from flagged
    group by
        project,
        event_timestamp,
        editor_type,
        page_type

)

select * from daily_events
