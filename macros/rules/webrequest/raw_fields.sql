{% macro raw_fields() -%}
    {#- The fields of a raw line, in the order of the producers (spec 1). -#}
    {{ return([
        'hostname', 'server_pid', 'sequence', 'dt', 'time_firstbyte', 'ip', 'cache_status',
        'http_status', 'response_size', 'http_method', 'uri_host', 'uri_path', 'uri_query',
        'content_type', 'referer', 'x_forwarded_for', 'user_agent', 'accept_language',
        'x_analytics', 'range', 'x_cache', 'accept', 'tls', 'ch_ua', 'ch_ua_mobile',
        'ch_ua_platform', 'ch_ua_arch', 'ch_ua_bitness', 'ch_ua_full_version_list', 'ch_ua_model',
        'ch_ua_platform_version', 'termination_state',
    ]) }}
{%- endmacro %}

{% macro raw_number_fields() -%}
    {#- Those of the raw fields that producers write as numbers, without quotes. -#}
    {{ return(['sequence', 'time_firstbyte', 'response_size']) }}
{%- endmacro %}
