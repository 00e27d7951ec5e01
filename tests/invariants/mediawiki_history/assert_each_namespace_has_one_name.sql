{{ config(group='history', meta={'severity_variable': 'namespace_map_severity'}) }}
-- A namespace with two names would have every event in it twice (spec 4.4).
with

title_prefixes as (

    select * from {{ ref('int_mediawiki_history__title_prefixes') }}
    where namespace is not null

),

doubled as (

    select
        dbname,
        namespace,
        count(*) as title_prefixes
    from title_prefixes
    group by
        dbname,
        namespace
    having count(*) > 1

)

select * from doubled
