{#- Written by `wikilake streams sync`. -#}
{{ config(
    schema='event_sanitized',
    alias='virtualpageview',
    partition_by=['year', 'month', 'day', 'hour'],
) }}

{{ sanitized_event('virtualpageview', ref('event__virtualpageview')) }}
