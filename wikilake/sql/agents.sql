-- The page views of one day by who made them: people, crawlers that say so, and hidden ones by the
-- rule that gave their actor away. {source} are rows of wmf.pageview_actor, {labels} those of
-- wmf.webrequest_actor_label_hourly of the same day. `reader` is as in views.sql.
with

requests as (

    select
        hour,
        agent_type,
        actor_signature_per_project_family,
        case when ip <> '' then hash({network}, coalesce(user_agent, '')) end as reader
    from {source}
    where is_pageview and pageview_info['project'] <> ''

),

reasons as (

    select hour, actor_signature_per_project_family, arg_max(label_reason, is_pageview) as reason
    from {labels}
    where label = 'automated' and label_reason is not null
    group by all

)

select
    hour,
    case agent_type
        when 'user' then 'people'
        when 'spider' then 'crawlers that say so'
        else 'hidden: ' || coalesce(reason, 'known from other hours or lists')
    end as agent,
    reader
from requests
left join reasons using (hour, actor_signature_per_project_family)
