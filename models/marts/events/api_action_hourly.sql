{{ config(
    schema='wmf_traffic',
    partition_by=['year', 'month', 'day', 'hour'],
    enabled=is_declared('mediawiki_api_request'),
) }}

{%- set least = variable('api_networks_threshold') | int %}
{%- set named_methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] %}

with

requests as (

    select * from {{ ref('int_events__api_requests') }}

),

counted as (

    select
        wiki as {{ quoted_name('database') }},
        action,
        case when method in ({{ literals(named_methods) }}) then method else '(other)' end as method,
        agent_type,
        is_error,
        network,
        count(*) as requests,
        {{ hour_columns() }}
    from requests
    group by
        wiki,
        action,
        case when method in ({{ literals(named_methods) }}) then method else '(other)' end,
        agent_type,
        is_error,
        network,
        {{ hour_columns() }}

),

sized as (

    select
        *,
        count(network) over (
            partition by {{ quoted_name('database') }}, action, method, agent_type, is_error, {{ hour_columns() }}
        ) as networks,
        min(case when is_error then 1 else 0 end) over (
            partition by {{ quoted_name('database') }}, action, {{ hour_columns() }}
        ) = 0 as is_answered
    from counted

),

-- What is sent as an action may be any text. One that the wiki has answered is a name of its own.
named as (

    select
        {{ quoted_name('database') }},
        case when networks >= {{ least }} and is_answered then action else '(other)' end as action,
        method,
        agent_type,
        is_error,
        network,
        requests,
        {{ hour_columns() }}
    from sized

),

summed as (

    select
        {{ quoted_name('database') }},
        action,
        method,
        agent_type,
        is_error,
        {{ bigint_sum('requests') }} as requests,
        {{ hour_columns() }}
    from named
    group by
        {{ quoted_name('database') }},
        action,
        method,
        agent_type,
        is_error,
        {{ hour_columns() }}
    having count(distinct network) >= {{ least }}

),

published as (

    select
        {{ quoted_name('database') }},
        action,
        method,
        agent_type,
        is_error,
        requests - requests % {{ least }} as request_count,
        {{ hour_columns() }}
    from summed

)

select * from published
