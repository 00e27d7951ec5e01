{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

hours as (

    select * from {{ ref('int_actors__hours_of_windows') }}

),

address_hours as (

    select distinct
        {{ hour_columns() }},
        in_hour,
        actor_ip,
        max_diff_ip_group_size,
        diff_ip_group_count
    from hours
    where diff_ip_group_count > 0

),

addresses as (

    select
        {{ hour_columns() }},
        actor_ip,
        max(max_diff_ip_group_size) as max_diff_ip_group_size,
        try_cast(sum(diff_ip_group_count) as int) as diff_ip_group_count
    from address_hours
    group by
        {{ hour_columns() }},
        actor_ip

),

actors as (

    select
        {{ hour_columns('hours') }},
        hours.actor_signature_per_project_family,
        hours.is_pageview,
        hours.is_redirect_to_pageview,
        min(hours.first_interaction_dt) as first_interaction_dt,
        max(hours.last_interaction_dt) as last_interaction_dt,
        {{ bigint_sum('hours.pageview_count') }} as pageview_count,
        coalesce({{ bigint_sum('hours.nocookies') }}, 0) as nocookies,
        max(hours.user_agent_length) as user_agent_length,
        cast({{ bigint_sum('hours.distinct_pages_visited_count') }} as double) / count(*)
            as avg_distinct_pages_visited_count,
        try_cast(count(case when hours.distinct_pages_visited_count > 0 then 1 end) as int) as rolled_up_hours,
        coalesce(max(addresses.max_diff_ip_group_size), 0) as max_diff_ip_group_size,
        coalesce(max(addresses.diff_ip_group_count), 0) as diff_ip_group_count
    from hours
    left join addresses
        on
            {{ is_same_hour('hours', 'addresses') }}
            and hours.actor_ip = addresses.actor_ip
    group by
        {{ hour_columns('hours') }},
        hours.actor_signature_per_project_family,
        hours.is_pageview,
        hours.is_redirect_to_pageview

),

rolled_up as (

    select
        '0.1' as version,
        cast(null as {{ dbt.type_string() }}) as actor_signature,
        actor_signature_per_project_family,
        is_pageview,
        is_redirect_to_pageview,
        pageview_count,
        {{ pageview_rate('pageview_count', 'first_interaction_dt', 'last_interaction_dt') }}
            as pageview_rate_per_min,
        nocookies,
        user_agent_length,
        avg_distinct_pages_visited_count,
        rolled_up_hours,
        max_diff_ip_group_size,
        diff_ip_group_count,
        {{ hour_columns() }}
    from actors

)

select * from rolled_up
