{{ config(materialized='view') }}

with

actors as (

    select * from {{ ref('webrequest_actor_metrics_rollup_hourly') }}

),

asked as (

    {%- for rule in actor_rules() %}
    select
        actor_signature_per_project_family,
        is_pageview,
        is_redirect_to_pageview,
        {{ loop.index }} as step,
        {{ literal(rule.reason) }} as label_reason,
        {{ literal(rule.label) }} as label,
        {{ measured_by_rule(rule) }} as measured,
        {{ literal(rule.limits | join(', ')) }} as holds_when,
        coalesce({{ rule.condition }}, false) as holds,
        {{ actor_label('reason') }} = {{ literal(rule.reason) }} as decides,
        {{ hour_columns() }}
    from actors
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from asked
