with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

spider_patterns as (

    select
        split_part(lower(text), '?', 1) as literal,
        case place when 'start' then '^' else '' end || {{ wildcard_pattern('lower(text)') }} as pattern
    from {{ ref('spider_patterns') }}

),

user_agents as (

    select distinct user_agent from raw

),

searchable as (

    select
        user_agent,
        {{ lower_ascii(first_line("coalesce(user_agent, '-')")) }} as first_line,
        {{ utf16_length("coalesce(user_agent, '')") }} <= 400 as is_parsed
    from user_agents

),

parsed as (

    select
        user_agent,
        first_line,
        case when is_parsed then parse_user_agent(coalesce(user_agent, '')) end as agent
    from searchable

),

named_spiders as (

    select distinct searchable.user_agent
    from searchable
    inner join spider_patterns
        on
            {{ position_of('spider_patterns.literal', 'searchable.first_line') }} > 0
            and {{ regex_matches_column('searchable.first_line', 'spider_patterns.pattern') }}

),

named as (

    select
        parsed.user_agent,
        coalesce(nullif(parsed.agent.browser_family, ''), '-') as browser_family,
        coalesce(nullif(parsed.agent.browser_major, ''), '-') as browser_major,
        coalesce(nullif(parsed.agent.device_family, ''), '-') as device_family,
        coalesce(nullif(parsed.agent.os_family, ''), '-') as os_family,
        coalesce(nullif(parsed.agent.os_major, ''), '-') as os_major,
        coalesce(nullif(parsed.agent.os_minor, ''), '-') as os_minor,
        {{ wmf_app_version('parsed.user_agent') }} as wmf_app_version,
        coalesce(parsed.agent.device_family = 'Spider', false)
        or coalesce(parsed.user_agent, '-') = '-'
        or named_spiders.user_agent is not null
        or {{ regex_matches('parsed.first_line', '^[^ \t\x0b\f]+@[^ \t\x0b\f]+[.][a-z][a-z]') }} as is_spider,
        coalesce({{ position_of("'WikipediaApp'", 'parsed.user_agent') }} > 0, false) as is_wikipedia_app,
        coalesce({{ regex_matches('parsed.user_agent', 'Wikipedia(App|/5.0.)') }}, false) as is_mobile_app
    from parsed
    left join named_spiders
        on parsed.user_agent = named_spiders.user_agent

),

flagged as (

    select
        *,
        {{ map_of_columns(user_agent_keys()) }} as user_agent_map
    from named

)

select * from flagged
