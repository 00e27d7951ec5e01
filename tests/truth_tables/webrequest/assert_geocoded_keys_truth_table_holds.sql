with

expected as (

    select
        key,
        why
    from {{ ref('truth_geocoded_keys') }}
    where {{ in_force() }}

),

actual as (

    {%- for key in geocoded_keys() %}
    select '{{ key }}' as key
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

violations as (

    select
        expected.key as expected_key,
        actual.key as actual_key,
        expected.why
    from expected
    full outer join actual
        on expected.key = actual.key
    where
        expected.key is null
        or actual.key is null

)

select * from violations
