{{ config(enabled=is_declared('mediawiki_api_request')) }}

{%- set columns = stream('mediawiki_api_request').columns %}

with

events as (

    select * from {{ rows_of_run_hours(ref('event__mediawiki_api_request')) }}

),

requests as (

    select
        coalesce({{ map_value(event_field(columns, ['params'], 'map'), 'action') }}, 'help') as action,
        {{ event_field(columns, ['params'], 'map') }} as params,
        {{ map_value(event_field(columns, ['http', 'request_headers'], 'map'), 'user-agent') }} as user_agent,
        {{ event_field(columns, ['http', 'client_ip'], 'text') }} as ip,
        {{ event_field(columns, ['http', 'method'], 'text') }} as method,
        {{ event_field(columns, ['database'], 'text') }} as wiki,
        coalesce({{ event_field(columns, ['api_error_codes'], 'array') }} <> {{ empty_text_array() }}, false) as is_error,
        {{ hour_columns() }}
    from events

),

addresses as (

    select distinct ip from requests
    where ip is not null

),

placed as (

    select
        ip,
        ip_provenance,
        -- Of an address of version 6 the network, which one customer has for himself.
        left(parse_address({{ trim_blanks('ip') }}).bits, 64) as network
    from {{ facts_of_addresses('addresses', ref('networks'), ref('countries')) }}

),

user_agents as (

    select distinct user_agent from requests

),

judged as (

    select
        user_agent,
        is_spider
    from {{ facts_of_user_agents('user_agents', ref('int_events__spider_patterns')) }}

),

joined as (

    select
        requests.*,
        coalesce(placed.ip_provenance, 'internet') as ip_class,
        placed.network,
        case when judged.is_spider then 'spider' else 'user' end as agent_type
    from requests
    left join placed
        on requests.ip = placed.ip
    left join judged
        on requests.user_agent is not distinct from judged.user_agent

)

select * from joined
