{{ config(schema='wmf_raw', partition_by=['year', 'month', 'day', 'hour']) }}

with

rejected as (

    {%- for table in declared_streams() %}
    select
        {{ literal(table) }} as table_name,
        rejected_file_name as file_name,
        rejected_line as line,
        rejection_reason as reason,
        {{ hour_columns() }}
    from {{ ref('stg_events__' ~ table) }}
    where rejection_reason is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from rejected
