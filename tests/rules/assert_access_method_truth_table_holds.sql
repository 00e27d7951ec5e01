{{ config(tags=['rule_test']) }}

with

cases as (

    select
        cast(is_mobile_app as boolean) as is_mobile_app,
        cast(is_mobile as boolean) as is_mobile,
        cast(has_mobile_label as boolean) as has_mobile_label,
        expected,
        why
    from {{ ref('truth_access_method') }}
    where
        {%- if variable('mobile_web_from') %}
        {{ "until = '-'" if variable('mobile_web_from') == 'x_analytics' else "since = '-'" }}
        {%- else %}
        {{ in_force() }}
        {%- endif %}

),

results as (

    select
        *,
        {{ access_method('is_mobile_app', 'is_mobile', 'has_mobile_label') }} as actual
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
