with

labels as (

    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        {{ hour_columns() }}
    from {{ ref('stg_actors__labels') }}
    union all
    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        {{ hour_columns() }}
    from {{ rows_of_run_hours(ref('webrequest_actor_label_hourly')) }}
    where
        {{ 'true' if actor_labels() == 'computed' else 'false' }}
        and ({{ has_whole_window(ref('webrequest_actor_metrics_hourly')) }} or {{ is_lasting_reason('label_reason') }})

),

automated as (

    select
        actor_signature_per_project_family,
        coalesce(is_pageview, false) as is_pageview,
        label_reason,
        {{ hour_columns() }}
    from labels
    where label = 'automated' and {{ knows_automated_agents() }}

),

actors as (

    select
        actor_signature_per_project_family,
        {{ hour_columns() }},
        max(case when is_pageview then 1 else 0 end) = 1 as has_pageview_reason,
        min(case when is_pageview then label_reason end) as pageview_reason,
        min(case when is_pageview then 1 else 0 end) = 0 as has_redirect_reason,
        min(case when not is_pageview then label_reason end) as redirect_reason
    from automated
    group by
        actor_signature_per_project_family,
        {{ hour_columns() }}

)

select * from actors
