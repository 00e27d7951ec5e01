with

files as (

    select * from {{ ref('stg_media__files') }}
    where file_deleted = 0

),

file_types as (

    select * from {{ ref('stg_media__file_types') }}

),

classified as (

    select
        files.wiki_db,
        files.file_name,
        files.snapshot,
        {{ media_class_of_wiki('file_types.ft_media_type', 'file_types.ft_major_mime', 'file_types.ft_minor_mime') }}
            as media_classification
    from files
    left join file_types
        on
            files.file_type = file_types.ft_id
            and files.wiki_db = file_types.wiki_db
            and files.snapshot = file_types.snapshot

)

select * from classified
