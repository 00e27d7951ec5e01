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
        {%- for row in var('excluded_rows') %}
        and not (
            coalesce(hostname, '') = '{{ row.hostname | replace("'", "''") }}'
            and coalesce(sequence, -1) = {{ row.sequence | int }}
        )
        {%- endfor %}

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
