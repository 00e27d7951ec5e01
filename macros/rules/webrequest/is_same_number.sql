{% macro is_same_number(one, other) -%}
    {#- Whether two rows carry the same log line number: source, host, process, sequence. -#}
    {{ one }}.webrequest_source = {{ other }}.webrequest_source
    and {{ one }}.hostname is not distinct from {{ other }}.hostname
    and {{ one }}.server_pid is not distinct from {{ other }}.server_pid
    and {{ one }}.sequence is not distinct from {{ other }}.sequence
{%- endmacro %}
