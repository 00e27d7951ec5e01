{{ config(materialized='view') }}

with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

accepted as (

    select
        webrequest_source,
        {%- for field in raw_fields() %}
        {{ if_available(field, field) }} as {{ field }},
        {%- endfor %}
        {{ hour_columns() }}
    from raw

)

select * from accepted
