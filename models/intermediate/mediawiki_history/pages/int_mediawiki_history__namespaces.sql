with

namespaces as (

    select * from {{ ref('stg_mediawiki_history__namespaces') }}

),

by_name as (

    select
        dbname,
        namespace,
        replace(namespace_localized_name, ' ', '_') as name,
        1 as rank
    from namespaces
    union all
    select
        dbname,
        namespace,
        replace(namespace_canonical_name, ' ', '_') as name,
        2 as rank
    from namespaces

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                dbname,
                name
            order by
                rank,
                namespace
        ) as number
    from by_name
    where name <> ''

),

-- A local name goes before a canonical one (PE2).
named as (

    select
        dbname as wiki_db,
        name,
        namespace
    from ranked
    where number = 1

)

select * from named
