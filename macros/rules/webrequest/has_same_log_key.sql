{% macro has_same_log_key(one, other) -%}
    {#- Whether two rows share the key of a log line: hour, source, host, process and sequence. -#}
    {{ is_same_hour(one, other) }}
    and {{ one }}.webrequest_source = {{ other }}.webrequest_source
    and {{ one }}.hostname is not distinct from {{ other }}.hostname
    and {{ one }}.server_pid is not distinct from {{ other }}.server_pid
    and {{ one }}.sequence is not distinct from {{ other }}.sequence
{%- endmacro %}
