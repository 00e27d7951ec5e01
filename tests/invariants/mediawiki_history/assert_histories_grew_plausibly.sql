{{ config(tags=['history_from_tables'], meta={'severity_variable': 'growth_severity'}) }}
-- This compares the histories with those of the month before (spec 7) and returns the rows in error
-- of a history in which they are too many.
with

growth as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_growth')) }}

),

totals as (

    select
        history,
        count(*) as compared_rows,
        count(case when is_error then 1 end) as error_rows
    from growth
    group by history

),

implausible as (

    select growth.*
    from growth
    inner join totals
        on growth.history = totals.history
    where
        growth.is_error
        and totals.error_rows > totals.compared_rows * {{ variable('growth_error_share') }}

)

select * from implausible
