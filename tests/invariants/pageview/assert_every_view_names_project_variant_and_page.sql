with

views as (

    select
        {{ map_value('pageview_info', 'project') }} as project,
        {{ map_value('pageview_info', 'language_variant') }} as language_variant,
        {{ map_value('pageview_info', 'page_title') }} as page_title
    from {{ rows_of_run_hours(ref('pageview_actor')) }}

),

nameless as (

    select * from views
    where
        project is null
        or language_variant is null
        or page_title is null

)

select * from nameless
