{{ config(
    schema='wmf_traffic',
    partition_by=['year', 'month', 'day', 'hour'],
    enabled=is_declared('mediawiki_api_request'),
) }}

with

requests as (

    select * from {{ ref('int_events__api_requests') }}

),

counted as (

    select
        action,
        wiki,
        ip_class as {{ quoted_name('ipClass') }},
        count(*) as {{ quoted_name('viewCount') }},
        {{ hour_columns() }}
    from requests
    group by
        action,
        wiki,
        ip_class,
        {{ hour_columns() }}

)

select * from counted
