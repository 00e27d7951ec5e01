{#- What the reader or the parser refuses is in webrequest_rejected. Reads tables of the run. -#}
with

lines as (

    select
        {{ hour_columns() }},
        webrequest_source,
        rejection_reason as reason,
        1 as count_refused,
        0 as count_kept
    from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is not null
    union all
    select
        {{ hour_columns() }},
        webrequest_source,
        reason,
        0 as count_refused,
        1 as count_kept
    from {{ rows_of_run_hours(ref('webrequest_rejected')) }}

),

counts as (

    select
        {{ hour_columns() }},
        webrequest_source,
        reason,
        sum(count_refused) as count_refused,
        sum(count_kept) as count_kept
    from lines
    group by
        {{ hour_columns() }},
        webrequest_source,
        reason

),

unbalanced as (

    select * from counts
    where count_refused <> count_kept and {{ in_build() }}

)

select * from unbalanced
