-- Views of users in an hour, by the codes of pagecounts: `code title views 0`.
select code, title, views, 0
from (
    select {domain_code} as code, page_title as title, sum(view_count) as views
    from wmf.pageview_hourly
    where {period} and agent_type = 'user'
    group by all
)
order by code, title
