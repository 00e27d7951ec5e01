{{ config(made_when_complete=true) }}

-- depends_on: {{ ref('disallowed_articles') }}

with

articles as (

    {{ rows_of_setting_or_seed(
        env_var('WIKILAKE_DISALLOWED_ARTICLES', ''),
        {'project': 'varchar', 'article': 'varchar'},
        ref('disallowed_articles')
    ) }}

),

lower_case as (

    select distinct
        project,
        {{ lower_unicode('article') }} as lower_article
    from articles
    where
        project is not null
        and article is not null

)

select * from lower_case
