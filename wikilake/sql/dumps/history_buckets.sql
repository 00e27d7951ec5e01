-- The wikis of a snapshot and the months of their events, as text.
select distinct wiki_db, event_timestamp[:7] as month
from wmf.mediawiki_history
where snapshot = $snapshot and wiki_db is not null and event_timestamp >= '2001'
