with

actors as (

    select
        cast({{ truth_value('has_pageview_reason') }} as boolean) as has_pageview_reason,
        {{ truth_value('pageview_reason') }} as pageview_reason,
        cast({{ truth_value('has_redirect_reason') }} as boolean) as has_redirect_reason,
        {{ truth_value('redirect_reason') }} as redirect_reason,
        {{ truth_value('expected_pageview') }} as expected_pageview,
        {{ truth_value('expected_redirect') }} as expected_redirect,
        why
    from {{ ref('truth_automated_reasons') }}

),

reasons as (

    select
        *,
        {{ automated_reasons('actors') }} as reasons
    from actors

),

results as (

    select
        expected_pageview,
        expected_redirect,
        why,
        case
            when reasons is null then '<no map>'
            when {{ map_has_key('reasons', 'pageview') }}
                then {{ map_value('reasons', 'pageview') }}
            else '<absent>'
        end as pageview,
        case
            when reasons is null then '<no map>'
            when {{ map_has_key('reasons', 'redirect_to_pageview') }}
                then {{ map_value('reasons', 'redirect_to_pageview') }}
            else '<absent>'
        end as redirect
    from reasons

),

violations as (

    select * from results
    where
        pageview is distinct from expected_pageview
        or redirect is distinct from expected_redirect

)

select * from violations
