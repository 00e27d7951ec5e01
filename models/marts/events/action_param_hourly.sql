{{ config(
    schema='wmf_traffic',
    partition_by=['year', 'month', 'day', 'hour'],
    enabled=is_declared('mediawiki_api_request'),
) }}

with

requests as (

    select * from {{ ref('int_events__api_requests') }}
    where not is_error

),

counted_params as (

    select * from {{ ref('api_counted_params') }}

),

sent as (

    select
        requests.action,
        counted_params.param,
        counted_params.is_list,
        requests.params[counted_params.param] as value,
        requests.wiki,
        requests.ip_class,
        {{ hour_columns() }}
    from requests
    inner join counted_params
        on counted_params.action in ('*', requests.action)

),

given as (

    select
        action,
        param,
        {{ unnested("case when is_list = 'yes' then " ~ split_to_array('value', '|') ~ ' else ' ~ array_of(['value']) ~ ' end') }} as value,
        wiki,
        ip_class,
        {{ hour_columns() }}
    from sent
    where value is not null

),

counted as (

    select
        action,
        param,
        value,
        wiki,
        ip_class as {{ quoted_name('ipClass') }},
        count(*) as {{ quoted_name('viewCount') }},
        {{ hour_columns() }}
    from given
    group by
        action,
        param,
        value,
        wiki,
        ip_class,
        {{ hour_columns() }}

)

select * from counted
