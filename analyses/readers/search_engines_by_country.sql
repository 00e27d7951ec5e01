-- From which search engines do people come, by country?
--
-- Fewer than 500 views of a kind are pooled as `other`, fewer in the pool left out (referrer_daily).

with

referrals as (

    select
        day,
        country,
        search_engine,
        {{ bigint_sum('num_referrals') }} as view_count
    from {{ ref('referrer_daily') }}
    group by
        day,
        country,
        search_engine

)

select * from referrals
order by day asc, view_count desc, country asc, search_engine asc
