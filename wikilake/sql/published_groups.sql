-- What may be published of the groups {name} among the rows {rows} of one day, hour by hour and for
-- the whole day: `hour` (null for the day), `name` (null for all others), `views` rounded down.
-- Every number stands for $readers readers and $k views at least, and every difference of two
-- numbers of the same group does so, too: the day is the hours that are published by themselves,
-- and, when enough readers stand behind it, what the other hours hold together.
with

chosen as (

    select
        hour,
        {name} as name,
        reader,
        {views} as views
    from {rows}
    where {condition}
    group by all

),

hours as (

    select hour, name, sum(views) as views from chosen
    group by all
    having sum(views) >= $k and count(reader) >= $readers

),

others as (

    select chosen.* from chosen anti join hours using (hour, name)

),

others_of_hours as (

    select hour, sum(views) as views from others
    group by hour
    having sum(views) >= $k and count(distinct reader) >= $readers

),

rest_of_day as (

    select name, sum(views) as views from others
    group by name
    having sum(views) >= $k and count(distinct reader) >= $readers

),

others_of_day as (

    select sum(views) as views from others anti join rest_of_day using (name)
    having sum(views) >= $k and count(distinct reader) >= $readers

),

day as (

    select name, sum(views) as views
    from (select name, views from hours union all select name, views from rest_of_day)
    group by name

),

published as (

    select hour, name, views from hours
    union all
    select hour, null, views from others_of_hours
    union all
    select null, name, views from day
    union all
    select null, null, views from others_of_day

)

select hour, name, cast(views - views % $k as bigint) as views
from published
order by hour nulls last, views desc, name nulls last
