{% macro is_judged_request() -%}
    {#- Whether a view says something of its actor: a named agent that looks human, on a project. -#}
    agent_type = 'user'
    and user_agent not like '%weblight%'
    and {{ map_value('pageview_info', 'project') }} <> ''
{%- endmacro %}

{% macro pageview_rate(views, first, last) -%}
    {#-
        Views per minute between two times, texts of whole seconds, cut toward zero; null within
        one second.
    -#}
    {%- set seconds = 'cast(' ~ epoch_seconds(last) ~ ' - ' ~ epoch_seconds(first) ~ ' as double)' -%}
    case
        when {{ seconds }} > 0
            then try_cast(floor((cast({{ views }} as double) / {{ seconds }}) * 60) as int)
    end
{%- endmacro %}

{% macro nocookies_count(x_analytics_map) -%}
    {#-
        What X-Analytics `nocookies` counts for in a request: 0 without it, null for what is no
        number of 64 bits.
    -#}
    {%- set value = map_value(x_analytics_map, 'nocookies') -%}
    {%- set number = java_double(value) -%}
    case
        when {{ value }} is null then 0.0
        when abs({{ number }}) < 9.2e18 then {{ number }}
    end
{%- endmacro %}

{% macro nocookies_sum(number) -%}
    {#- The sum of a group's counts without its fraction, an aggregate; null beyond 64 bits. -#}
    case
        when abs(sum({{ number }})) < 9.2e18
            then cast(case when sum({{ number }}) < 0 then ceil(sum({{ number }})) else floor(sum({{ number }})) end as bigint)
    end
{%- endmacro %}

{% macro is_second_text(timestamp) -%}
    {#-
        Whether a time has a text of the form `yyyy-MM-dd HH:mm:ss`. DuckDB's year() of a time with a
        zone does not tell a year before our era from one of it.
    -#}
    {{ timestamp }} between {{ utc_timestamp("'0001-01-01T00:00:00Z'") }} and {{ utc_timestamp("'9999-12-31T23:59:59Z'") }}
{%- endmacro %}
