with

namespaces as (

    select * from {{ ref('stg_mediawiki_history__namespaces') }}

),

projects as (

    select distinct
        dbname,
        {{ history_project('hostname') }} as project
    from namespaces

)

select * from projects
