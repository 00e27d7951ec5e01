{{ config(partition_by=['year', 'month', 'day']) }}

with

projectviews as (

    select * from {{ rows_of_run_days(ref('projectview_hourly')) }}

),

allowlist as (

    select distinct
        field_name,
        authorized_value
    from {{ ref('stg_pageview__allowlist') }}

),

seen as (

    {%- for field_name in ['project', 'access_method', 'agent_type'] %}
    select
        '{{ field_name }}' as field_name,
        {{ field_name }} as unexpected_value,
        view_count,
        year,
        month,
        day
    from projectviews
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

unexpected as (

    select
        seen.field_name,
        seen.unexpected_value,
        {{ bigint_sum('seen.view_count') }} as view_count,
        seen.year,
        seen.month,
        seen.day
    from seen
    left join allowlist
        on
            seen.field_name = allowlist.field_name
            and seen.unexpected_value = allowlist.authorized_value
    where allowlist.authorized_value is null
    group by
        seen.field_name,
        seen.unexpected_value,
        seen.year,
        seen.month,
        seen.day

)

select * from unexpected
