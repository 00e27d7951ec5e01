-- No column of webrequest holds anything before the version that brought it, and no flag is NULL
-- from then on.
{%- set columns = columns_since() -%}
{%- set verdicts = ['is_redirect_to_pageview', 'is_api_request', 'ip_provenance'] -%}
{%- set faults = ['false'] -%}
{%- for column, version in columns.items() -%}
{%- do faults.append(column ~ ' is not null') if not version_at_least(version) -%}
{%- do faults.append(column ~ ' is null') if version_at_least(version) and column in verdicts -%}
{%- endfor %}
with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}

),

violations as (

    select * from requests
    where {{ faults | join(' or ') }}

)

select * from violations
