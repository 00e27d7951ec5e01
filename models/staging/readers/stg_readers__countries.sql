{{ config(made_when_complete=true) }}

-- depends_on: {{ ref('countries') }}

with

countries as (

    {{ rows_of_setting_or_seed(
        env_var('WIKILAKE_COUNTRIES', ''),
        {'iso_code': 'varchar', 'name': 'varchar', 'is_protected': 'boolean'},
        ref('countries')
    ) }}

),

with_truth as (

    select
        iso_code,
        name,
        coalesce(is_protected, false) as is_protected
    from countries

)

select * from with_truth
