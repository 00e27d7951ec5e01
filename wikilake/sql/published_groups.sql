-- What may be published of the groups {name} among the rows {rows} of days, hour by hour and for each
-- whole day: `day`, `hour` (null for the day), `name` (null for all others), `views` rounded down.
-- Hours are numbered on and on, 24 a day: the rows of one day know nothing of those of another.
-- Every number stands for $readers readers and $k views at least, and every difference of two
-- numbers of the same group does so, too: the day is the hours that are published by themselves,
-- and, when enough readers stand behind it, what the other hours hold together.
with

chosen as (

    select
        hour // 24 as day,
        hour,
        {name} as name,
        reader,
        {views} as views
    from {rows}
    where {condition}
    group by all

),

hours as (

    select day, hour, name, sum(views) as views from chosen
    group by all
    having sum(views) >= $k and count(reader) >= $readers

),

others as (

    select chosen.* from chosen anti join hours using (hour, name)

),

others_of_hours as (

    select day, hour, sum(views) as views from others
    group by day, hour
    having sum(views) >= $k and count(distinct reader) >= $readers

),

rest_of_day as (

    select day, name, sum(views) as views from others
    group by day, name
    having sum(views) >= $k and count(distinct reader) >= $readers

),

others_of_day as (

    select day, sum(views) as views from others anti join rest_of_day using (day, name)
    group by day
    having sum(views) >= $k and count(distinct reader) >= $readers

),

days as (

    select day, name, sum(views) as views
    from (select day, name, views from hours union all select day, name, views from rest_of_day)
    group by day, name

),

published as (

    select day, hour, name, views from hours
    union all
    select day, hour, null, views from others_of_hours
    union all
    select day, null, name, views from days
    union all
    select day, null, null, views from others_of_day

)

select day, hour, name, cast(views - views % $k as bigint) as views
from published
order by day, hour nulls last, views desc, name nulls last
