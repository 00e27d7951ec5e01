{{ config(schema='wmf_traffic', partition_by=['day'], enabled=is_declared('mediawiki_client_session_tick')) }}

{%- set columns = stream('mediawiki_client_session_tick').columns %}

with

events as (

    select * from {{ rows_of_run_days(ref('event__mediawiki_client_session_tick')) }}

),

ticks as (

    select
        case
            when {{ event_field(columns, ['normalized_host', 'project'], 'text') }} = '-'
                then {{ event_field(columns, ['normalized_host', 'project_family'], 'text') }}
            else
                {{ event_field(columns, ['normalized_host', 'project'], 'text') }} || '.'
                || {{ event_field(columns, ['normalized_host', 'project_family'], 'text') }}
        end as wiki,
        {{ event_field(columns, ['tick'], 'integer') }} as tick,
        make_date(year, month, day) as day
    from events
    where
        {{ event_field(columns, ['is_wmf_domain'], 'boolean') }}
        and {{ event_field(columns, ['test'], 'map', 'integer') }} is null

),

counted as (

    select
        wiki,
        tick,
        day,
        count(*) as ticks
    from ticks
    group by
        wiki,
        tick,
        day

),

-- A session that reached a tick sent all ticks before it, of which some were lost: of the longest
-- there are as many as of the last tick, and of a shorter one as many as its tick has more of.
sessions as (

    select
        wiki,
        tick as session_length,
        ticks - coalesce(max(ticks) over (
            partition by wiki, day
            order by tick desc nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as sessions,
        day
    from counted

),

daily as (

    select
        wiki,
        session_length,
        sessions * {{ variable('session_sampling') | int }} as session_count,
        day
    from sessions
    where sessions > 0

)

select * from daily
