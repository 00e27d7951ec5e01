{#- Every join of the refinement finds exactly one row; this reads work tables of the same run. -#}
with

requests as (

    select
        {{ hour_columns() }},
        webrequest_source,
        1 as count_before,
        0 as count_after
    from {{ ref('int_webrequest__deduplicated') }}
    union all
    select
        {{ hour_columns() }},
        webrequest_source,
        0 as count_before,
        1 as count_after
    from {{ rows_of_run_hours(ref('webrequest')) }}

),

counts as (

    select
        {{ hour_columns() }},
        webrequest_source,
        sum(count_before) as count_before,
        sum(count_after) as count_after
    from requests
    group by
        {{ hour_columns() }},
        webrequest_source

),

unbalanced as (

    select * from counts
    where count_before <> count_after and {{ in_build() }}

)

select * from unbalanced
