-- Views of users in an hour by project: `code - views 0`.
select code, '-', views, 0
from (
    select {domain_code} as code, sum(view_count) as views
    from wmf.projectview_hourly
    where {period} and agent_type = 'user'
    group by all
)
order by code
