with

actors as (

    {{ mediawiki_rows(source('mediawiki', 'actor')) }}

)

select * from actors
