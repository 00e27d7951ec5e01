{#- Written by `wikilake streams sync`. -#}
{{ config(
    schema='event_sanitized',
    alias='mediawiki_client_session_tick',
    partition_by=['datacenter', 'year', 'month', 'day', 'hour'],
    datacenters=['eqiad', 'codfw'],
) }}

{{ sanitized_event('mediawiki_client_session_tick', ref('event__mediawiki_client_session_tick')) }}
