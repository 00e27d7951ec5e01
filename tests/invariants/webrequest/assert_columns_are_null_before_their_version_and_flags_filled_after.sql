-- No column of webrequest holds anything before the version that brought it, and no flag is NULL
-- from then on.
{%- set columns = columns_since() -%}
{%- set verdicts = ['is_redirect_to_pageview', 'is_api_request', 'ip_provenance'] %}
with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}

),

violations as (

    select * from requests
    where
        false
        {%- for column, version in columns.items() %}
        {%- if not version_at_least(version) %}
        or {{ column }} is not null
        {%- elif column in verdicts %}
        or {{ column }} is null
        {%- endif %}
        {%- endfor %}

)

select * from violations
