{% macro first_visits(last_access_text, nocookies, first_day) -%}
    {#-
        1 for a request that shows the first visit of a device in a period: its last-access cookie
        is of before the period, or it has none and may have cookies. 0 for every other one.
    -#}
    case
        when {{ last_access(last_access_text) }} < {{ first_day }} then 1
        when {{ last_access(last_access_text) }} is null and {{ nocookies }} is null then 1
        else 0
    end
{%- endmacro %}

{% macro lone_requests(requests_without_cookies) -%}
    {#-
        How many of a group's actors showed no cookie in exactly one request: they did not come back
        (offset).
    -#}
    sum(case when {{ requests_without_cookies }} = 1 then 1 else 0 end)
{%- endmacro %}
