-- The requests of some hours, by source and first failed condition, with who sent how many.
-- {source} are rows of wmf.webrequest_explained. Senders are told apart by address alone.
select
    hour,
    webrequest_source,
    pageview_condition,
    case when ip <> '' then hash({network}) end as reader,
    count(*) as count_views
from {source}
group by all
