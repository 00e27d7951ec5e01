-- Devices of a day by domain and access method, over all countries, where there are enough.
select domain, access_method, underestimate, "offset", estimate
from (
    select
        domain, access_method, sum(uniques_underestimate) as underestimate,
        sum(uniques_offset) as "offset", sum(uniques_estimate) as estimate
    from wmf.unique_devices_per_domain_daily
    where day = $day
    group by domain, access_method
)
where estimate >= $threshold
order by estimate desc, domain, access_method
