with

content_namespaces as (

    select
        dbname as wiki_db,
        namespace,
        max(case when namespace_is_content then 1 else 0 end) = 1 as is_content
    from {{ ref('stg_mediawiki_history__namespaces') }}
    group by
        dbname,
        namespace

)

select * from content_namespaces
