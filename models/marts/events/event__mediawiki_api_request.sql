{#- Written by `wikilake streams sync`. -#}
{{ config(
    schema='event',
    alias='mediawiki_api_request',
    partition_by=['datacenter', 'year', 'month', 'day', 'hour'],
    datacenters=['eqiad', 'codfw'],
) }}

{{ refined_event('mediawiki_api_request', ref('stg_events__mediawiki_api_request')) }}
