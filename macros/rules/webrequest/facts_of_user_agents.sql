{% macro facts_of_user_agents(user_agents, spider_patterns) -%}
    {#-
        What is known of each user agent: a subquery of one row per row of `user_agents`, whose
        column is `user_agent`. `spider_patterns` has the patterns in force, with `text`, `literal` and
        `pattern`.
    -#}
    (
        with

        searchable as (

            select
                user_agent,
                {{ lower_ascii(only_line("coalesce(user_agent, '-')")) }} as line,
                {{ is_parsed_user_agent("coalesce(user_agent, '')") }} as is_parsed
            from {{ user_agents }}

        ),

        parsed as (

            select
                user_agent,
                line,
                case when is_parsed then parse_user_agent(coalesce(user_agent, '')) end as agent
            from searchable

        ),

        named_spiders as (

            select
                searchable.user_agent,
                min(spider_patterns.text) as text
            from searchable
            inner join {{ spider_patterns }} as spider_patterns
                on
                    {{ position_of('spider_patterns.literal', 'searchable.line') }} > 0
                    and {{ regex_matches_column('searchable.line', 'spider_patterns.pattern') }}
            group by searchable.user_agent

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
                case
                    when parsed.agent.device_family = 'Spider' then 'ua-parser: device Spider'
                    when coalesce(parsed.user_agent, '-') = '-' then 'no user agent'
                    when named_spiders.text is not null then 'seed spider_patterns: ' || named_spiders.text
                    when {{ regex_matches('parsed.line', '^[^ \t\x0b\f]+@[^ \t\x0b\f]+[.][a-z][a-z]') }}
                        then 'begins like an e-mail address'
                end as spider_rule,
                {{ is_app_user_agent('parsed.user_agent') }} as is_wikipedia_app,
                coalesce({{ regex_matches('parsed.user_agent', 'Wikipedia(App|/5.0.)') }}, false) as is_mobile_app
            from parsed
            left join named_spiders
                on parsed.user_agent = named_spiders.user_agent

        ),

        flagged as (

            select
                *,
                spider_rule is not null as is_spider,
                {{ map_of_columns(user_agent_keys()) }} as user_agent_map
            from named

        )

        select * from flagged
    )
{%- endmacro %}

{% macro spider_pattern_columns() -%}
    {#- The columns of `spider_patterns` there, of the seed of that name. -#}
    text,
    split_part(lower(text), '?', 1) as literal,
    case place when 'start' then '^' else '' end || {{ wildcard_pattern('lower(text)') }} as pattern
{%- endmacro %}
