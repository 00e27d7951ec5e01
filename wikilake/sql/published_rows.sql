-- The rows of an aggregate's hour that may be published. Made from `views`, one row each with its
-- `reader`, and `before`, the rows (`key`, `published`) that the public has of this hour already.
-- A key is the row's values but the measure: {key}. Where too few readers or views stand behind a
-- row, it takes the key {folded_key}, the key of all others like it, and it is left out when they
-- are too few together. $k is what a row needs that the public does not know; one that it knows
-- keeps its number until so many views came or went that nobody can be told from the change.
with

chosen as (

    select
        {key} as key,
        {folded_key} as folded_key,
        reader,
        count(*) as views
    from views
    group by all

),

kept as (

    select key, sum(views) as views from chosen left join before using (key)
    where key <> folded_key
    group by key
    having
        (sum(views) >= $needed and count(reader) >= $needed)
        or any_value(before.published) is not null

),

others as (

    select folded_key as key, sum(views) as views
    from (select chosen.* from chosen anti join kept using (key)) as below
    left join before on below.folded_key = before.key
    group by folded_key
    having
        (sum(views) >= $needed and count(distinct reader) >= $needed)
        or any_value(before.published) is not null

),

rounded as (

    select
        key,
        case
            when views between published - $k + 1 and published + 2 * $k - 1 then published
            else views - views % $k
        end as views
    from (select * from kept union all select * from others) left join before using (key)

)

select unnest(key), cast(views as bigint) as {measure} from rounded
where views > 0
order by all
