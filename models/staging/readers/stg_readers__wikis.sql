{{ config(made_when_complete=true) }}

-- depends_on: {{ ref('wikis') }}

with

wikis as (

    {{ rows_of_setting_or_seed(
        env_var('WIKILAKE_WIKIS', ''),
        {'database_code': 'varchar', 'domain_name': 'varchar', 'pageview_code': 'varchar'},
        ref('wikis')
    ) }}

)

select * from wikis
