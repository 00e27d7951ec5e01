{% macro sequence_span() -%}
    {#-
        How many lines a process should have logged: from its smallest to its largest number. NULL
        beyond 64 bits, which no counter reaches.
    -#}
    try_cast(cast(max(sequence) as decimal(38, 0)) - cast(min(sequence) as decimal(20, 0)) + 1 as bigint)
{%- endmacro %}

{% macro is_counted_line(dt) -%}
    {#- Whether a line counts in the load statistics: in 0.0.19 those without a time do not. -#}
    {{ 'true' if version_at_least('0.0.20') else "coalesce(" ~ dt ~ " <> '-', false)" }}
{%- endmacro %}

{% macro has_sequence(hostname, server_number) -%}
    {#- Whether lines of a process are numbered: it has a host, and since 2025-04-01 a number. -#}
    {{ hostname }} is not null
    {%- if version_at_least('0.0.26+20250401') %} and {{ server_number }} is not null{% endif -%}
{%- endmacro %}

{% macro is_summed_process(sequence_min) -%}
    {#- Whether a process counts in the sums of the hour: in 0.0.19 not after a restart, which begins at 0. -#}
    {{ 'true' if version_at_least('0.0.20') else sequence_min ~ ' <> 0' }}
{%- endmacro %}

{% macro bad_requests(http_method) -%}
    {#- Number of requests that could not be parsed, an aggregate; null in 0.0.19. -#}
    {{ "count(case when " ~ http_method ~ " = '<BADREQ>' then 1 end)" if version_at_least('0.0.20') else 'cast(null as bigint)' }}
{%- endmacro %}

{% macro incomplete_lines(dt) -%}
    {#- Number of lines that have `-` for a time, an aggregate; counted in 0.0.19 only, else null. -#}
    {{ 'cast(null as bigint)' if version_at_least('0.0.20') else "count(case when " ~ dt ~ " = '-' then 1 end)" }}
{%- endmacro %}
