-- Views of pages by the public dumps: those of the files of days, and those of the files of hours on
-- days and of agents that have no file of their own; `{days}` is a condition on the days.
select
    project, title as article, access, agent, views, year, month, day,
    printf('%04d%02d%02d00', year, month, day) as timestamp
from dumps.pageviews_daily
where {days}
union all
select
    project, title, access, agent, views, year, month, day,
    printf('%04d%02d%02d00', year, month, day)
from dumps.pageviews_hourly
where
    {days} and dataset = 'pageviews'
    and not exists (
        select 1 from dumps.pageviews_daily as whole
        where
            whole.agent = pageviews_hourly.agent and whole.year = pageviews_hourly.year
            and whole.month = pageviews_hourly.month and whole.day = pageviews_hourly.day
    )
