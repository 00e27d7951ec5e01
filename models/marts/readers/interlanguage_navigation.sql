{{ config(partition_by=['day'], made_when_complete=true) }}

with

pageviews as (

    select
        normalized_host.project_family,
        normalized_host.project as current_project,
        referer,
        count(*) as view_count,
        {{ date_of_period() }} as day
    from {{ rows_of_run_days(ref('pageview_actor')) }}
    where
        is_pageview
        and agent_type = 'user'
        and {{ position_of("'/wiki/'", 'referer') }} > 0
    group by all

),

addresses as (

    select
        *,
        {{ normalized_host_text(address_host('referer')) }} as host
    from pageviews
    where {{ address_path('referer') }} like '/wiki/%'

),

followed as (

    select
        project_family,
        current_project,
        {{ normalized_project('host') }} as previous_project,
        view_count,
        day
    from addresses
    where
        project_family = {{ normalized_project_family('host') }}
        and {{ normalized_qualifiers('host') }} = ''

),

counted as (

    select
        project_family,
        current_project,
        previous_project,
        {{ bigint_sum('view_count') }} as navigation_count,
        day
    from followed
    where current_project <> previous_project
    group by project_family, current_project, previous_project, day

)

select * from counted
