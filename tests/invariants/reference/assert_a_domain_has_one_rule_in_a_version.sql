-- Exactly one row of owned_domains per domain may hold under a definition: two would judge each of
-- its hosts twice.
with

in_force as (

    select domain from {{ ref('owned_domains') }}
    where {{ in_force() }}

),

ambiguous as (

    select
        domain,
        count(*) as rules
    from in_force
    group by domain
    having count(*) > 1

)

select * from ambiguous
