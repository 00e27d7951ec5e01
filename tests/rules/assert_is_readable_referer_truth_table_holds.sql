{{ config(tags=['rule_test']) }}

with

cases as (

    select
        {{ truth_value('referer') }} as referer,
        {{ truth_value('expected_domain') }} as expected_domain,
        cast(expected as boolean) as expected,
        why
    from {{ ref('truth_is_readable_referer') }}
    where {{ in_force() }}

),

split as (

    select
        *,
        split_part(referer, '/', 1) as scheme,
        split_part(referer, '/', 2) as between_slashes,
        {{ referer_domain('referer') }} as domain
    from cases

),

results as (

    select
        *,
        {{ is_readable_referer('scheme', 'between_slashes', 'domain') }} as actual
    from split

),

violations as (

    select * from results
    where
        domain is distinct from expected_domain
        or actual is distinct from expected

)

select * from violations
