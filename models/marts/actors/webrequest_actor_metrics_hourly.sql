{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

requests as (

    select
        *,
        case when {{ is_second_text('ts') }} then ts end as interaction_ts,
        {{ nocookies_count('x_analytics_map') }} as nocookies
    from {{ ref('int_actors__judged_requests') }}

),

diff_addresses as (

    select * from {{ ref('int_actors__diff_addresses') }}

),

actors as (

    select
        {{ hour_columns() }},
        actor_signature_per_project_family,
        is_pageview,
        is_redirect_to_pageview,
        ip,
        {{ to_the_second('min(interaction_ts)') }} as first_interaction_dt,
        {{ to_the_second('max(interaction_ts)') }} as last_interaction_dt,
        count(*) as pageview_count,
        {{ nocookies_sum('nocookies') }} as nocookies,
        max(length(user_agent)) as user_agent_length,
        count(distinct page_title) as distinct_pages_visited_count
    from requests
    group by
        {{ hour_columns() }},
        actor_signature_per_project_family,
        is_pageview,
        is_redirect_to_pageview,
        ip

),

metrics as (

    select
        '0.1' as version,
        cast(null as {{ dbt.type_string() }}) as actor_signature,
        actors.actor_signature_per_project_family,
        actors.is_pageview,
        actors.is_redirect_to_pageview,
        actors.first_interaction_dt,
        actors.last_interaction_dt,
        actors.pageview_count,
        {{ pageview_rate('actors.pageview_count', 'actors.first_interaction_dt', 'actors.last_interaction_dt') }}
            as pageview_rate_per_min,
        actors.nocookies,
        try_cast(actors.user_agent_length as int) as user_agent_length,
        actors.distinct_pages_visited_count,
        actors.ip as actor_ip,
        coalesce(diff_addresses.max_diff_ip_group_size, 0) as max_diff_ip_group_size,
        coalesce(diff_addresses.diff_ip_group_count, 0) as diff_ip_group_count,
        {{ hour_columns('actors') }}
    from actors
    left join diff_addresses
        on
            {{ is_same_hour('actors', 'diff_addresses') }}
            and actors.ip = diff_addresses.ip

)

select * from metrics
