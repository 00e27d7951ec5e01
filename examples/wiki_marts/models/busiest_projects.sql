select
    project,
    cast(sum(view_count) as bigint) as views
from {{ ref('wikilake', 'pageview_hourly') }}
where agent_type = 'user'
group by project
