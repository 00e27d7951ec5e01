-- Accounts by the month of their first edit in a snapshot ($snapshot), and how many of them edited in
-- the month after it, by project. Bots and people without an account are left out, and so are those
-- of the last month, which has no next one yet.
with

active_months as (

    select distinct
        project,
        user_text,
        date_trunc('month', try_cast(event_timestamp as timestamp)) as month
    from wmf.mediawiki_history_reduced
    where
        snapshot = $snapshot
        and event_entity = 'revision'
        and event_type = 'create'
        and user_type = 'user'
        and user_text is not null

),

first_months as (

    select project, user_text, min(month) as month from active_months
    group by all

)

select
    first_months.month,
    first_months.project,
    count(*) as new_editors,
    count(next_month.user_text) as stayed
from first_months
left join active_months as next_month
    on
        first_months.project = next_month.project
        and first_months.user_text = next_month.user_text
        and first_months.month + interval 1 month = next_month.month
where first_months.month < (select max(month) from active_months)
group by all
order by all
