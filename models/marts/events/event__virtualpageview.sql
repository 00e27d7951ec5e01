{#- Written by `wikilake streams sync`. -#}
{{ config(
    schema='event',
    alias='virtualpageview',
    partition_by=['year', 'month', 'day', 'hour'],
) }}

{{ refined_event('virtualpageview', ref('stg_events__virtualpageview')) }}
