{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

rejected_lines as (

    select * from {{ ref('stg_dumps__rejected_lines') }}

),

lines as (

    select * from {{ ref('stg_dumps__hourly_views') }}

),

codes as (

    select * from {{ ref('int_dumps__domain_codes') }}

),

unknown_codes as (

    select
        lines.dataset,
        lines.domain_code,
        count(*) as line_count,
        {{ hour_columns('lines') }}
    from lines
    inner join codes
        on lines.domain_code = codes.domain_code
    where codes.project is null
    group by lines.dataset, lines.domain_code, {{ hour_columns('lines') }}

),

rejected as (

    select
        file_name,
        line_number,
        line,
        reason,
        cast(1 as bigint) as line_count,
        {{ hour_columns() }}
    from rejected_lines
    union all
    select
        dataset as file_name,
        cast(null as bigint) as line_number,
        domain_code as line,
        'domain_code_is_unknown' as reason,
        line_count,
        {{ hour_columns() }}
    from unknown_codes

)

select * from rejected
