{#-
    Each line is a row, accepted or rejected: there are as many as line feeds in the files. Python
    counts these in the bytes, whichever reader has cut the lines. Reads a table of the run.
-#}
with

read_lines as (

    select
        webrequest_source,
        {{ hour_columns() }},
        1 as count_read,
        0 as count_there
    from {{ ref('stg_webrequest__raw') }}

),

lines_of_files as (

    select found.* from (
        values
        ('', 0, 0, 0, 0, 0, 0)
        {%- for found in raw_line_counts() %},
        ({{ literal(found.webrequest_source) }}, {{ found.year | int }}, {{ found.month | int }}, {{ found.day | int }}, {{ found.hour | int }}, 0, {{ found.lines | int }})
        {%- endfor %}
    ) as found (webrequest_source, year, month, day, hour, count_read, count_there)

),

lines as (

    select * from read_lines
    union all
    select * from lines_of_files

),

counts as (

    select
        webrequest_source,
        {{ hour_columns() }},
        sum(count_read) as count_read,
        sum(count_there) as count_there
    from lines
    group by
        webrequest_source,
        {{ hour_columns() }}

),

unbalanced as (

    select * from counts
    where count_read <> count_there and {{ in_build() }}

)

select * from unbalanced
