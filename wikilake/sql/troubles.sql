-- Requests of some hours that people were served badly, with who sent them: pages that were not
-- there, and answers that began after {slow} seconds or more. {source} are rows of wmf.webrequest.
-- Crawlers that say so are left out: they try anything. `reader` is as in views.sql.
select
    hour,
    case when http_status in ('404', '410') then 'not found' else 'slow' end as trouble,
    left(coalesce(uri_host, '') || coalesce(uri_path, ''), {longest}) as page,
    case when ip <> '' then hash({network}, coalesce(user_agent, '')) end as reader
from {source}
where agent_type = 'user' and (http_status in ('404', '410') or time_firstbyte >= {slow})
