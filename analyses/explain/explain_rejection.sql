-- The lines of the hour that could not be refined, with the reason, as webrequest_rejected has them.
-- Behind `wikilake explain`, which writes no table of the lake.
with

rejected as (

    select
        rejected_line as line,
        rejection_reason as reason
    from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is not null

)

select * from rejected
