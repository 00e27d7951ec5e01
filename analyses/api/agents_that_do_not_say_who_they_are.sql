-- Which programs ask most without saying who runs them?
--
-- By the verdicts of WIKILAKE_USER_AGENT_COMPLIANCE_CLASSIFIED_HOURLY; without that file nothing.

with

agents as (

    select
        day,
        user_agent,
        compliance_status,
        {{ bigint_sum('request_count') }} as request_count
    from {{ ref('user_agent_top_non_compliant_daily') }}
    group by
        day,
        user_agent,
        compliance_status

)

select * from agents
order by day asc, request_count desc, user_agent asc
