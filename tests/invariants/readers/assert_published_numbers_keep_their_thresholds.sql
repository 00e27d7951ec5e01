{#- No row of a table that protects its readers has fewer behind it than the thresholds say. -#}
{{ config(made_when_complete=true, meta={'behind_gate': true}) }}

with

kept as (

    select
        'referrer_daily' as table_name,
        min(num_referrals) as least_count,
        {{ variable('min_num_daily_referrals') }} as threshold
    from {{ rows_of_run_dates(ref('referrer_daily')) }}
    union all
    select
        'browser_general' as table_name,
        min(view_count) as least_count,
        {{ variable('output_threshold') }} + 1 as threshold
    from {{ rows_of_run_dates(ref('browser_general')) }}
    where
        -- The last row of an access method is what is left of its views.
        not (
            {%- for column in ['os_family', 'os_major', 'browser_family', 'browser_major'] %}
            {{ 'and ' if not loop.first }}{{ column }} = {{ literal(variable(column ~ '_unknown')) }}
            {%- endfor %}
        )
    union all
    select
        'unique_devices_cassandra_daily' as table_name,
        min(devices) as least_count,
        {{ variable('unique_devices_threshold') }} + 1 as threshold
    from {{ rows_of_run_days(ref('unique_devices_cassandra_daily')) }}

)

select * from kept
where least_count < threshold
