-- depends_on: {{ source('raw', 'webrequest') }}

with

files as (

    {{ raw_files() }}

),

checked as (

    select
        file as file_name,
        {{ regex_capture('file', 'webrequest_source=([^/]+)/') }} as webrequest_source,
        unnest(unreadable_lines(file)) as unreadable
    from files

),

unreadable_lines as (

    select
        file_name,
        webrequest_source,
        unreadable.line as line,
        unreadable.reason as reason
    from checked

)

select * from unreadable_lines
