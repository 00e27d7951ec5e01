-- The lines of the hour that could not be refined, with the reason. Behind `wikilake explain`.
with

rejected as (

    select
        line,
        reason
    from {{ ref('webrequest_rejected') }}
    where {{ in_run_hour() }}

)

select * from rejected
