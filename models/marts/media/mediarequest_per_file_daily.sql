{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

{%- set by_agent = {'spider': "agent_type = 'spider'", 'user': "agent_type = 'user'"} %}

with

requests as (

    select
        {{ article_text('base_name') }} as file_path,
        {{ served_referer('referer') }} as referer,
        {{ is_poster('transcoding') }} as is_poster,
        media_classification in ('audio', 'video') as is_played,
        agent_type,
        request_count,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('mediarequest')) }}

),

counted as (

    select
        file_path,
        referer,
        grouping(referer) = 1 as is_over_all,
        max(case when is_played then 1 else 0 end) = 1 as is_played,
        {%- for agent, condition in by_agent.items() %}
        {{ bigint_sum('case when ' ~ condition ~ ' then request_count else 0 end') }} as {{ agent }}_count,
        {{ bigint_sum('case when ' ~ condition ~ ' and is_played and is_poster then request_count else 0 end') }} as poster_{{ agent }},
        {{ bigint_sum('case when ' ~ condition ~ ' and is_played and not is_poster then request_count else 0 end') }} as plays_{{ agent }},
        {%- endfor %}
        year,
        month,
        day
    from requests
    group by year, month, day, file_path, rollup(referer)

),

served as (

    select
        {{ serving_domain() }} as _domain,
        case when is_over_all then 'all-referers' else referer end as referer,
        file_path,
        'daily' as granularity,
        {{ serving_timestamp() }} as timestamp,
        {{ serving_tid() }} as _tid,
        spider_count as spider,
        user_count as {{ quoted_name('user') }},
        {%- for measure in ['poster_spider', 'poster_user', 'plays_spider', 'plays_user'] %}
        case when is_played then {{ measure }} end as {{ measure }},
        {%- endfor %}
        year,
        month,
        day
    from counted

)

select * from served
