-- The lines of one file of a public dump of edit histories, without events that have no time, are from
-- before 2001 or after now. `line` are the fields with tabs between them.
select {line}
from wmf.mediawiki_history
where
    snapshot = $snapshot
    and wiki_db = $wiki_db
    and starts_with(event_timestamp, $bucket)
    and event_timestamp between '2001' and strftime(now() at time zone 'UTC', '%Y-%m-%d %H:%M:%S.9')
order by event_timestamp
