-- Which media files are fetched most, and how many bytes is that, on the run's day?

with

files as (

    select
        base_name,
        file_type,
        {{ bigint_sum('request_count') }} as request_count,
        {{ bigint_sum('total_bytes') }} as bytes_sent
    from {{ ref('mediarequest') }}
    where {{ in_run_days() }} and agent_type = 'user'
    group by
        base_name,
        file_type

)

select * from files
order by request_count desc, base_name asc
limit 20
