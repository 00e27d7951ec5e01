-- Of the accounts that edited for the first time in a month, how many edited in the next one too?
--
-- The run's snapshot. Bots and people without an account are left out. The last month of a snapshot
-- has no next one yet, so its accounts are not counted.

with

events as (

    select * from {{ ref('mediawiki_history_reduced') }}
    where {{ in_run_snapshot() }}

),

active_months as (

    select
        project,
        user_text,
        cast(substr(event_timestamp, 1, 4) as integer) * 12
        + cast(substr(event_timestamp, 6, 2) as integer) as month_number
    from events
    where
        event_entity = 'revision'
        and event_type = 'create'
        and user_type = 'user'
        and user_text is not null
    group by
        project,
        user_text,
        event_timestamp

),

first_months as (

    select
        project,
        user_text,
        min(month_number) as month_number
    from active_months
    group by
        project,
        user_text

),

second_months as (

    select distinct
        project,
        user_text,
        month_number
    from active_months

),

last_month as (

    select max(month_number) as month_number from active_months

),

cohorts as (

    select
        first_months.project,
        first_months.month_number,
        count(*) as new_editors,
        count(second_months.user_text) as stayed
    from first_months
    cross join last_month
    left join second_months
        on
            first_months.project = second_months.project
            and first_months.user_text = second_months.user_text
            and first_months.month_number + 1 = second_months.month_number
    where first_months.month_number < last_month.month_number
    group by
        first_months.project,
        first_months.month_number

),

-- Twelve numbers per year: December is a multiple of twelve, and belongs to the year before it.
named as (

    select
        project,
        cast(floor((month_number - 1) / 12) as integer) as year,
        month_number - cast(floor((month_number - 1) / 12) as integer) * 12 as month,
        new_editors,
        stayed,
        round(cast(stayed as double) / new_editors * 100, 1) as percent_stayed
    from cohorts

)

select * from named
order by project, year, month
