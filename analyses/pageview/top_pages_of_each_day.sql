-- Which ten pages of each project did people read most on each day in the lake?
--
-- Views by people (au) of pageview_per_article_daily, which is made when a day is complete.

with

articles as (

    select
        project,
        article,
        year,
        month,
        day,
        {{ bigint_sum('try_cast(au as bigint)') }} as view_count
    from {{ ref('pageview_per_article_daily') }}
    group by
        project,
        article,
        year, month, day

),

ranked as (

    select
        *,
        row_number() over (
            partition by project, year, month, day
            order by view_count desc, article asc
        ) as place
    from articles
    where view_count > 0 and article <> '-'

)

select
    year,
    month,
    day,
    project,
    place,
    article,
    view_count
from ranked
where place <= 10
order by year, month, day, project, place
