{#- Written by `wikilake streams sync`. -#}
{{ config(
    schema='event',
    alias='mediawiki_client_session_tick',
    partition_by=['datacenter', 'year', 'month', 'day', 'hour'],
    datacenters=['eqiad', 'codfw'],
) }}

{{ refined_event('mediawiki_client_session_tick', ref('stg_events__mediawiki_client_session_tick')) }}
