{#-
    Each line is a row, good or rejected: their number is that of the line feeds in the files, which
    Python counts in the bytes, whatever reader has cut the lines. Reads a table of the run.
-#}
with

lines as (

    select
        webrequest_source,
        1 as count_read,
        0 as count_there
    from {{ ref('stg_webrequest__raw') }}
    {%- for file in raw_line_counts() %}
    union all
    select
        {{ literal(file.source) }} as webrequest_source,
        0 as count_read,
        {{ file.lines | int }} as count_there
    {%- endfor %}

),

counts as (

    select
        webrequest_source,
        sum(count_read) as count_read,
        sum(count_there) as count_there
    from lines
    group by webrequest_source

),

unbalanced as (

    select * from counts
    where count_read <> count_there and {{ in_build() }}

)

select * from unbalanced
