-- Devices of a day by family of projects, over all countries.
select project_family, underestimate, "offset", estimate
from (
    select
        project_family, sum(uniques_underestimate) as underestimate,
        sum(uniques_offset) as "offset", sum(uniques_estimate) as estimate
    from wmf.unique_devices_per_project_family_daily
    where day = $day and project_family <> 'wikimedia'
    group by project_family
)
order by estimate desc, project_family
