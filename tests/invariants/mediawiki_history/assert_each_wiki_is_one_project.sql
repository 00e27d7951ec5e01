{{ config(group='history', meta={'severity_variable': 'namespace_map_severity'}) }}
-- A wiki with two projects would have each of its events twice (spec 4.1).
with

projects as (

    select * from {{ ref('int_mediawiki_history__projects') }}

),

doubled as (

    select
        dbname,
        count(*) as projects
    from projects
    group by dbname
    having count(*) > 1

)

select * from doubled
