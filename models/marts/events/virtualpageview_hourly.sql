{{ config(partition_by=['year', 'month', 'day', 'hour'], enabled=is_declared('virtualpageview')) }}

{%- set columns = stream('virtualpageview').columns %}
{%- set is_each_once = variable('virtualpageview_rows') == 'each_once' %}
{%- set places = ['continent', 'country_code', 'country', 'subdivision', 'city'] %}
{%- set only_grouped = [] if is_each_once else ['browser_minor', 'is_bot', 'is_mediawiki'] %}

with

events as (

    select * from {{ rows_of_run_hours(ref('event__virtualpageview')) }}

),

allowlist as (

    select
        {{ 'distinct' if is_each_once }}
        authorized_value,
        field_name = 'project' as is_project
    from {{ ref('stg_pageview__allowlist') }}
    {{ "where field_name = 'project'" if is_each_once }}

),

list_size as (

    select count(*) as projects from allowlist
    where is_project

),

previews as (

    select
        {{ pageview_project(lower_unicode(host_of_url(event_field(columns, ['event', 'source_url'], 'text')))) }} as project,
        {{ virtualpageview_variant(event_field(columns, ['event', 'source_url'], 'text'), variable('virtualpageview_variant')) }} as language_variant,
        {{ event_field(columns, ['event', 'page_title'], 'text') }} as page_title,
        coalesce({{ event_field(columns, ['event', 'access_method'], 'text') }}, 'desktop') as access_method,
        case when {{ event_field(columns, ['useragent', 'is_bot'], 'boolean') }} then 'spider' else 'user' end as agent_type,
        {%- for key in places %}
        {{ map_value(event_field(columns, ['geocoded_data'], 'map'), key) }} as {{ key }},
        {%- endfor %}
        {%- for key in user_agent_keys() + ['browser_minor'] %}
        {{ event_field(columns, ['useragent', key], 'text') }} as {{ key }},
        {%- endfor %}
        {%- for key in ['is_bot', 'is_mediawiki'] %}
        {{ event_field(columns, ['useragent', key], 'boolean') }} as {{ key }},
        {%- endfor %}
        {{ event_field(columns, ['event', 'page_id'], 'integer') }} as page_id,
        try_cast({{ event_field(columns, ['event', 'page_namespace'], 'integer') }} as int) as namespace_id,
        {{ event_field(columns, ['event', 'source_title'], 'text') }} as source_page_title,
        {{ event_field(columns, ['event', 'source_page_id'], 'integer') }} as source_page_id,
        try_cast({{ event_field(columns, ['event', 'source_namespace'], 'integer') }} as int) as source_namespace_id,
        {{ hour_columns() }}
    from events

),

listed as (

    select previews.*
    from previews
    left join allowlist
        on previews.project = allowlist.authorized_value
    cross join list_size
    where
        allowlist.authorized_value is not null
        -- A list that names no project, such as the shipped one, leaves out none.
        or (previews.project <> '-' and list_size.projects = 0)

),

{%- set shown = ['project', 'language_variant', 'page_title', 'access_method', 'agent_type'] + places
    + user_agent_keys() + ['page_id', 'namespace_id', 'source_page_title', 'source_page_id', 'source_namespace_id'] %}

counted as (

    select
        {{ shown | join(',\n        ') }},
        count(*) as view_count,
        {{ hour_columns() }}
    from listed
    group by
        {{ (shown + only_grouped) | join(',\n        ') }},
        {{ hour_columns() }}

),

hourly as (

    select
        project,
        language_variant,
        page_title,
        access_method,
        agent_type,
        'internal' as referer_class,
        {{ places | join(',\n        ') }},
        {{ map_of_columns(user_agent_keys()) }} as user_agent_map,
        '0.0.1' as record_version,
        view_count,
        page_id,
        namespace_id,
        source_page_title,
        source_page_id,
        source_namespace_id,
        {{ hour_columns() }}
    from counted

)

select * from hourly
