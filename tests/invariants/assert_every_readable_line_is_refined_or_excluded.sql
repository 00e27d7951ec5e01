{#-
    De-duplication keeps one row at least of every line number: what is missing was excluded on
    purpose. This reads work tables of the same run.
-#}
with

read_lines as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence
    from {{ ref('stg_webrequest__raw') }}
    where
        rejection_reason is null
        and not {{ is_excluded_row() }}

),

refined_lines as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence
    from {{ ref('webrequest') }}
    where {{ in_run_hour() }}

),

missing as (

    select * from read_lines
    except
    select * from refined_lines

)

select * from missing
where {{ in_build() }}
