-- With which browsers do people read?
--
-- Rare browsers are summed up as browser_general does it: with few readers that is all of them.

with

browsers as (

    select
        day,
        browser_family,
        {{ bigint_sum('view_count') }} as view_count
    from {{ ref('browser_general') }}
    group by
        day,
        browser_family

)

select
    *,
    round(100.0 * view_count / sum(view_count) over (partition by day), 1) as percent_of_views
from browsers
order by day asc, view_count desc, browser_family asc
