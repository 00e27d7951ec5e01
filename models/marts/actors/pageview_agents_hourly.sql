{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

requests as (

    select * from {{ rows_of_run_hours(ref('pageview_actor')) }}

),

automated_actors as (

    select * from {{ ref('int_actors__automated') }}

),

with_reasons as (

    select
        requests.agent_type,
        case
            when requests.agent_type = 'automated'
                then coalesce(automated_actors.pageview_reason, automated_actors.redirect_reason)
        end as automated_reason,
        requests.agent_type = 'automated' and coalesce(automated_actors.is_settled, false) as is_settled,
        requests.is_pageview,
        requests.actor_signature_per_project_family,
        {{ hour_columns('requests') }}
    from requests
    left join automated_actors
        on
            {{ is_same_hour('requests', 'automated_actors') }}
            and requests.actor_signature_per_project_family
            = automated_actors.actor_signature_per_project_family

),

agents as (

    select
        agent_type,
        automated_reason,
        is_settled,
        count(*) as request_count,
        count(case when is_pageview then 1 end) as view_count,
        count(distinct actor_signature_per_project_family) as actor_count,
        {{ hour_columns() }}
    from with_reasons
    group by
        agent_type,
        automated_reason,
        is_settled,
        {{ hour_columns() }}

)

select * from agents
