-- Views of everybody in an hour by place, project, access and agent.
select continent, country, country_code, project, access_method, agent_type, views
from (
    select
        views.continent, coalesce(countries.name, 'Unknown') as country, views.country_code,
        views.project, views.access_method, views.agent_type, sum(views.view_count) as views
    from wmf.projectview_hourly as views
    left join reference.countries as countries on views.country_code = countries.iso_code
    where {period}
    group by all
)
order by continent, country_code, project, access_method, agent_type
