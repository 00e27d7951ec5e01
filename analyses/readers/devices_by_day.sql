-- How many devices came to each domain on each day?
--
-- Estimates by the last-access cookie; without it, or while a day is not complete, there are none.

with

devices as (

    select
        day,
        domain,
        {{ bigint_sum('uniques_estimate') }} as devices,
        {{ bigint_sum('uniques_offset') }} as new_devices
    from {{ ref('unique_devices_per_domain_daily') }}
    group by
        day,
        domain

)

select * from devices
order by day asc, devices desc, domain asc
