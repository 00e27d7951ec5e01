{{ config(materialized='table') }}

with

tags as (

    {{ mediawiki_rows(source('mediawiki', 'change_tag')) }}

),

definitions as (

    {{ mediawiki_rows(source('mediawiki', 'change_tag_def')) }}

),

revision_tags as (

    select
        tags.wiki_db,
        tags.ct_rev_id as rev_id,
        {{ sorted_array_agg('definitions.ctd_name') }} as revision_tags
    from tags
    inner join definitions
        on
            tags.wiki_db = definitions.wiki_db
            and tags.ct_tag_id = definitions.ctd_id
    where
        tags.ct_rev_id is not null
        and definitions.ctd_name is not null
    group by
        tags.wiki_db,
        tags.ct_rev_id

)

select * from revision_tags
