{#-
    De-duplication keeps at least one row per key of a line; a missing one was excluded on purpose.
    This reads work tables of the same run.
-#}
with

read_lines as (

    select
        {{ hour_columns() }},
        webrequest_source,
        hostname,
        {{ if_available('server_pid', 'server_pid') }} as server_pid,
        sequence
    from {{ ref('int_webrequest__accepted') }}
    where not {{ is_excluded_row() }}

),

refined_lines as (

    select
        {{ hour_columns() }},
        webrequest_source,
        hostname,
        server_pid,
        sequence
    from {{ rows_of_run_hours(ref('webrequest')) }}

),

missing as (

    select * from read_lines
    except
    select * from refined_lines

)

select * from missing
where {{ in_build() }}
