-- Views of an agent type in a day or month: `project title page_id access views letters`, where a
-- letter is an hour (A is 0) or a day (A is the first) and the number after it its views.
select project, title, coalesce(cast(page_id as varchar), 'null'), access, sum(views),
    string_agg(chr({first_letter} + unit) || views, '' order by unit)
from (
    select
        project, page_title as title, page_id, replace(access_method, ' ', '-') as access,
        {unit} as unit, sum(view_count) as views
    from wmf.pageview_hourly
    where {period} and agent_type = $agent_type
    group by all
)
group by project, title, page_id, access
order by project, title
