{#- No row of the public table has fewer requests than networks must stand behind it, or an exact count. -#}
{{ config(enabled=is_declared('mediawiki_api_request')) }}

select * from {{ rows_of_run_hours(ref('api_action_hourly')) }}
where
    request_count < {{ variable('api_networks_threshold') }}
    or request_count % {{ variable('api_networks_threshold') }} <> 0
