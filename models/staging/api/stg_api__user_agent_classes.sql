-- depends_on: {{ source('user_agent_classes', 'user_agent_compliance_classified_hourly') }}

with

classes as (

    {{ rows_of_setting(
        env_var('WIKILAKE_USER_AGENT_COMPLIANCE_CLASSIFIED_HOURLY', ''),
        {
            'user_agent': 'varchar',
            'contact_method': 'varchar[]',
            'contact_info': 'varchar[]',
            'compliance_level': 'varchar',
            'is_instant_commons_agent': 'boolean',
            'is_foreign_api_agent': 'boolean',
            'is_wikipedia_app_agent': 'boolean',
            'hour': 'varchar',
        }
    ) }}

),

with_hours as (

    select
        user_agent,
        contact_method,
        compliance_level,
        is_instant_commons_agent,
        is_foreign_api_agent,
        is_wikipedia_app_agent,
        try_cast(substr(hour, 1, 4) as integer) as year,
        try_cast(substr(hour, 6, 2) as integer) as month,
        try_cast(substr(hour, 9, 2) as integer) as day,
        try_cast(substr(hour, 12, 2) as integer) as hour
    from classes

),

of_the_days as (

    select * from with_hours
    where {{ in_run_days() }}

)

select * from of_the_days
