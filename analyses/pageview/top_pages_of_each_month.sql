-- Which ten pages of each project did people read most in each month in the lake?
--
-- As far as its days are complete: views by people (au) of pageview_per_article_daily.

with

articles as (

    select
        project,
        article,
        year,
        month,
        {{ bigint_sum('try_cast(au as bigint)') }} as view_count
    from {{ ref('pageview_per_article_daily') }}
    group by
        project,
        article,
        year, month

),

ranked as (

    select
        *,
        row_number() over (
            partition by project, year, month
            order by view_count desc, article asc
        ) as place
    from articles
    where view_count > 0 and article <> '-'

)

select
    year,
    month,
    project,
    place,
    article,
    view_count
from ranked
where place <= 10
order by year, month, project, place
