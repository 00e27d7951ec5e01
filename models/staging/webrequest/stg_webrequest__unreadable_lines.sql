-- depends_on: {{ source('raw', 'webrequest') }}

with

unreadable_lines as (

    {{ unreadable_line_rows() }}

)

select * from unreadable_lines
