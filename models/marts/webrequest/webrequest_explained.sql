{{ config(materialized='view') }}

with

requests as (

    select * from {{ with_hidden_columns(ref('webrequest')) }}

),

conditions as (

    select * from {{ ref('pageview_conditions') }}

),

explained as (

    select
        requests.*,
        conditions.position as pageview_condition_position,
        conditions.sentence as pageview_condition_sentence
    from requests
    inner join conditions
        on requests.pageview_condition = conditions.name

)

select * from explained
