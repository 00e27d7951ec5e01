-- Referrals of search engines in a day.
select country, lang, browser_family, os_family, search_engine, num_referrals,
    strftime(day, '%Y%m%d')
from wmf.referrer_daily
where day = $day
order by country nulls first
