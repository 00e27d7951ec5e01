-- The page views of some hours one by one, with who read: what published numbers are counted from.
-- {source} are rows of wmf.pageview_actor; the columns are named as in the tables that count them.
-- A reader is an address and a user agent, of IPv6 addresses the network (/64), as one device has
-- many. Unlike actor_signature that is one reader too who goes from wiki to wiki, whose language is
-- not known, or whose key was changed at midnight. Who has no address is nobody.
select
    hour,
    pageview_info['project'] as project,
    pageview_info['page_title'] as page_title,
    access_method,
    x_analytics_map['zero'] as zero_carrier,
    agent_type,
    referer_class,
    geocoded_data['continent'] as continent,
    geocoded_data['country_code'] as country_code,
    geocoded_data['country'] as country,
    user_agent_map['browser_family'] as browser_family,
    user_agent_map['os_family'] as os_family,
    referer_data.referer_name as referer_name,
    case when ip <> '' then hash({network}, coalesce(user_agent, '')) end as reader
from {source}
where is_pageview and pageview_info['project'] <> ''
