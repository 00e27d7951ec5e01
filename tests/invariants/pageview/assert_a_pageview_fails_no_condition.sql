-- What a request is and why it is so come from one expression: they never disagree, and only names
-- of pageview_conditions occur.
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}
with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest'), hidden_columns=true) }}

),

conditions as (

    select * from {{ ref('pageview_conditions') }}

),

violations as (

    select
        requests.pageview_condition,
        requests.is_pageview,
        count(*) as requests
    from requests
    left join conditions
        on requests.pageview_condition = conditions.name
    where
        conditions.name is null
        or requests.is_pageview <> (requests.pageview_condition = 'pageview')
    group by
        requests.pageview_condition,
        requests.is_pageview

)

select * from violations
