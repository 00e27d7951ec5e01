{{ config(partition_by=['day'], made_when_complete=true) }}

{#- Buckets of enough views are shown; of what is left, those that have enough without a detail. -#}
{%- set steps = [
    ['day', 'access_method', 'os_family', 'os_major', 'browser_family', 'browser_major'],
    ['day', 'access_method', 'os_family', 'browser_family', 'browser_major'],
    ['day', 'access_method', 'os_family', 'browser_family'],
    ['day', 'access_method', 'browser_family'],
] %}

with

views as (

    select
        access_method,
        {%- for column in ['os_family', 'os_major', 'browser_family', 'browser_major'] %}
        {{ map_value('user_agent_map', column) }} as {{ column }},
        {%- endfor %}
        view_count,
        {{ date_of_period() }} as day
    from {{ rows_of_run_days(ref('pageview_hourly')) }}
    where
        agent_type = 'user'
        and access_method in ('desktop', 'mobile web')

),

left_0 as (

    select
        {{ steps[0] | join(', ') }},
        {{ bigint_sum('view_count') }} as view_count
    from views
    group by {{ steps[0] | join(', ') }}
    having sum(view_count) > {{ variable('privacy_threshold') }}

),

{% for keys in steps %}
{%- set rest, taken = 'left_' ~ loop.index0, 'shown_' ~ loop.index -%}
{{ taken }} as (

    select
        {{ keys | join(', ') }},
        {{ bigint_sum('view_count') }} as view_count
    from {{ rest }}
    group by {{ keys | join(', ') }}
    having sum(view_count) > {{ variable('output_threshold') }}

),

-- A bucket of which a part is unknown is in no row that is shown.
left_{{ loop.index }} as (

    select {{ rest }}.*
    from {{ rest }}
    left join {{ taken }} using ({{ keys | join(', ') }})
    where {{ taken }}.access_method is null

),

{% endfor -%}
shown as (

    {%- for keys in steps %}
    select {{ browser_row(keys) }} from shown_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

shown_views as (

    select
        access_method,
        {{ bigint_sum('view_count') }} as shown_count,
        day
    from shown
    group by access_method, day

),

all_views as (

    select
        access_method,
        {{ bigint_sum('view_count') }} as all_count,
        {{ date_of_period() }} as day
    from {{ rows_of_run_days(ref('projectview_hourly')) }}
    where agent_type = 'user'
    group by access_method, year, month, day

),

others as (

    select
        shown_views.access_method,
        all_views.all_count - shown_views.shown_count as view_count,
        shown_views.day
    from shown_views
    inner join all_views
        on
            shown_views.access_method = all_views.access_method
            and shown_views.day = all_views.day

),

everything as (

    select * from shown
    union all
    select {{ browser_row([]) }} from others

)

select * from everything
