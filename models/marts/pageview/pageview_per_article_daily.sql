{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

{%- set of_access = {'a': none, 'd': 'desktop', 'ma': 'mobile app', 'mw': 'mobile web'} %}
{%- set of_agent = {'a': none, 'b': 'automated', 's': 'spider', 'u': 'user'} %}

with

article_views as (

    select * from {{ ref('int_pageview__article_views') }}

),

counted as (

    select
        {{ serving_domain() }} as _domain,
        project,
        {{ article_text('page_title') }} as article,
        'daily' as granularity,
        {{ serving_timestamp() }} as timestamp,
        {{ serving_tid() }} as _tid,
        {%- for access, access_method in of_access.items() %}
        {%- for agent, agent_type in of_agent.items() %}
        cast(
            {{ bigint_sum(
                'case when ' ~ ("access_method = '" ~ access_method ~ "'" if access_method else 'true')
                ~ " and " ~ ("agent_type = '" ~ agent_type ~ "'" if agent_type else 'true')
                ~ ' then view_count else 0 end'
            ) }} as {{ dbt.type_string() }}
        ) as {{ quoted_name(access ~ agent) }},
        {%- endfor %}
        {%- endfor %}
        year,
        month,
        day
    from article_views
    group by
        project,
        {{ article_text('page_title') }},
        year,
        month,
        day

)

select * from counted
