with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

spider_patterns as (

    select
        {{ spider_pattern_columns() }}
    from {{ ref('spider_patterns') }}
    where {{ in_force() }}

),

user_agents as (

    select distinct user_agent from requests

),

facts as (

    select * from {{ facts_of_user_agents('user_agents', 'spider_patterns') }}

)

select * from facts
