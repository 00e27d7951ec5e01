{{ config(materialized='table') }}

with

reverts as (

    select * from {{ ref('int_mediawiki_history__revert_stretches') }}

),

reverted as (

    select
        wiki_db,
        first_number,
        last_number,
        {{ rows_of_range('first_number', 'last_number') }} as revision_number
    from reverts
    group by
        wiki_db,
        first_number,
        last_number

),

-- Each revision looks for the first revert after it that goes back beyond it (R5). Where a stretch is
-- halved again and again, the two are once in the two halves of a part. So it takes n log n rows; each
-- revert with each of its revisions took n squared where the texts of a page come back again and again.
placed as (

    select
        wiki_db,
        first_number,
        last_number - first_number as last_place,
        revision_number - first_number as place,
        revision_number as goes_back_to,
        cast(null as bigint) as reverting_number
    from reverted
    union all
    select
        wiki_db,
        first_number,
        last_number - first_number as last_place,
        revision_number - first_number as place,
        reverted_to as goes_back_to,
        revision_number as reverting_number
    from reverts

),

parted as (

    select
        *,
        {{ rows_of_range('0', 'cast(floor(log2(last_place)) as bigint) + 1') }} as halvings
    from placed

),

sought as (

    select
        wiki_db,
        goes_back_to,
        reverting_number,
        min(reverting_number) over (
            partition by
                wiki_db,
                first_number,
                halvings,
                place >> cast(halvings + 1 as integer)
            order by
                goes_back_to asc,
                reverting_number asc nulls first
            rows between unbounded preceding and current row
        ) as first_reverting
    from parted
    where
        ((place >> cast(halvings as integer)) & 1)
        = case when reverting_number is null then 0 else 1 end

),

identity_reverted as (

    select
        wiki_db,
        goes_back_to as revision_number,
        min(first_reverting) as reverting_number
    from sought
    where
        reverting_number is null
        and first_reverting is not null
    group by
        wiki_db,
        goes_back_to

)

select * from identity_reverted
