{#-
    This finds what `wikilake purge` should have deleted. It needs the date, which no run knows: run
    it once a day with --vars 'today: 2026-11-23'. Rows of the day of the limit itself may still be
    there.
-#}
{{ config(tags=['retention'], enabled=variable('today') is not none) }}

{%- set day_of = {'user_agent_top_non_compliant_daily': "try_cast(replace(cast(day as " ~ dbt.type_string() ~ "), '-', '') as integer)"} %}

with

days as (

    {%- for table, kept in {
        'webrequest': 'refined',
        'pageview_actor': 'refined',
        'pageview_agents_hourly': 'refined',
        'webrequest_actor_label_hourly': 'refined',
        'webrequest_actor_metrics_hourly': 'refined',
        'webrequest_actor_metrics_rollup_hourly': 'refined',
        'webrequest_rejected': 'raw',
        'webrequest_sequence_stats': 'statistics',
        'webrequest_sequence_stats_hourly': 'statistics',
        'webrequest_sequence_holes': 'statistics',
        'data_quality_metrics': 'statistics',
        'data_quality_alerts': 'statistics',
        'pageview_unexpected_values': 'statistics',
        'aqs_hourly': 'refined',
        'user_agent_compliance_hourly': 'statistics',
        'user_agent_top_non_compliant_daily': 'refined',
    }.items() %}
    select
        '{{ table }}' as table_name,
        '{{ kept }}' as retention,
        {{ day_of.get(table, 'year * 10000 + month * 100 + day') }} as date_number,
        count(*) as rows_left
    from {{ ref(table) }}
    group by {{ 'day' if table in day_of else 'year, month, day' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

too_old as (

    select * from days
    where
        {%- for kept in ['raw', 'refined', 'statistics'] %}
        {{ 'or' if not loop.first }} (retention = '{{ kept }}' and date_number < {{ oldest_day(kept) }})
        {%- endfor %}

)

select * from too_old
