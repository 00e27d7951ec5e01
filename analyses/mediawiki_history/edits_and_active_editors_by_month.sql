-- How many edits and active editors did each wiki have per month?
--
-- An active editor is an account, no bot, with five edits or more in the month. Active editors of
-- several wikis must not be added: one person may be active on more than one of them.

with

edits as (

    select * from {{ ref('edits') }}
    where
        {{ in_run_snapshot() }}
        and granularity = 'monthly'
        and editor_type = 'all-editor-types'
        and page_type = 'all-page-types'

),

active_editors as (

    select * from {{ ref('active_editors') }}
    where {{ in_run_snapshot() }} and page_type = 'all-page-types'

),

by_month as (

    select
        edits.project,
        edits.period_start,
        edits.edits,
        active_editors.active_editors
    from edits
    inner join active_editors
        on
            edits.project = active_editors.project
            and edits.period_start = active_editors.period_start

)

select * from by_month
order by project, period_start
