with

namespaces as (

    select * from {{ ref('stg_mediawiki_history__namespaces') }}

),

title_prefixes as (

    select distinct
        dbname,
        namespace,
        {{ history_title_prefix('namespace_canonical_name') }} as title_prefix
    from namespaces

)

select * from title_prefixes
