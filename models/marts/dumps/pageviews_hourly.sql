{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

lines as (

    select * from {{ ref('stg_dumps__hourly_views') }}

),

codes as (

    select * from {{ ref('int_dumps__domain_codes') }}
    where project is not null

),

views as (

    select
        lines.dataset,
        codes.project,
        lines.title,
        codes.access,
        case when lines.dataset = 'pageviews' then 'user' else 'all-agents' end as agent,
        lines.views,
        {{ hour_columns('lines') }}
    from lines
    inner join codes
        on lines.domain_code = codes.domain_code

)

select * from views
