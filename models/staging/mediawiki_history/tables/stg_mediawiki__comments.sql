with

comments as (

    {{ mediawiki_rows(source('mediawiki', 'comment')) }}

)

select * from comments
