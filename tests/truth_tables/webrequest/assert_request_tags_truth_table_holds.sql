with

requests as (

    select
        {{ truth_value('http_status') }} as http_status,
        cast(is_pageview as boolean) as is_pageview,
        {{ truth_value('uri_path') }} as uri_path,
        {{ truth_value('content_type') }} as content_type,
        {{ truth_value('trimmed_host') }} as trimmed_host,
        cast(is_portal_host as boolean) as is_portal_host,
        case
            when expected = '<empty>' then {{ empty_text_array() }}
            else {{ split_to_array('expected', ' ') }}
        end as expected,
        why
    from {{ ref('truth_request_tags') }}
    where {{ in_force() }}

),

results as (

    select
        *,
        {{ request_tags() }} as actual
    from requests

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
