with

labels as (

    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        false as is_later,
        {{ hour_columns() }}
    from {{ ref('stg_actors__labels') }}
    union all
    select
        actor_signature_per_project_family,
        is_pageview,
        label,
        label_reason,
        is_later,
        {{ hour_columns() }}
    from {{ ref('int_actors__labels') }}

),

automated as (

    select
        actor_signature_per_project_family,
        coalesce(is_pageview, false) as is_pageview,
        label_reason,
        is_later,
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
        min(case when not is_pageview then label_reason end) as redirect_reason,
        min(case when is_later then 1 else 0 end) = 1 as is_settled
    from automated
    group by
        actor_signature_per_project_family,
        {{ hour_columns() }}

)

select * from actors
