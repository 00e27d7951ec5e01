with

index_requests as (

    select
        {{ hour_columns() }},
        {{ lower_unicode('uri_host') }} as domain,
        nullif(page_title, '-') as page_title,
        country_code,
        ip,
        {{ is_history_query('uri_query') }} as is_history,
        {{ is_diff_query('uri_query') }} as is_diff,
        case
            when {{ is_diff_query('uri_query') }} and {{ is_diff_query('referer') }}
                then {{ title_of_referer('referer') }}
        end as title_of_referer
    from {{ ref('int_actors__judged_requests') }}
    where uri_path = '/w/index.php' and ip is not null

),

diff_visits as (

    select distinct
        {{ hour_columns() }},
        domain,
        page_title,
        country_code,
        ip
    from index_requests
    where is_diff and page_title is not null

),

source_visits as (

    select
        {{ hour_columns() }},
        domain,
        page_title,
        ip
    from index_requests
    where is_history and page_title is not null
    union
    select
        {{ hour_columns() }},
        domain,
        title_of_referer as page_title,
        ip
    from index_requests
    where title_of_referer is not null

),

human_addresses as (

    select distinct
        {{ hour_columns('diff_visits') }},
        diff_visits.ip
    from diff_visits
    inner join source_visits
        on
            {{ is_same_hour('diff_visits', 'source_visits') }}
            and diff_visits.domain = source_visits.domain
            and diff_visits.page_title = source_visits.page_title
            and diff_visits.ip = source_visits.ip

),

other_visits as (

    select diff_visits.*
    from diff_visits
    left join human_addresses
        on
            {{ is_same_hour('diff_visits', 'human_addresses') }}
            and diff_visits.ip = human_addresses.ip
    where human_addresses.ip is null

),

sized as (

    select
        {{ hour_columns() }},
        ip,
        count(*) over (
            partition by {{ hour_columns() }}, domain, page_title, country_code
        ) as group_size
    from other_visits

),

addresses as (

    select
        {{ hour_columns() }},
        ip,
        try_cast(max(group_size) as int) as max_diff_ip_group_size,
        try_cast(count(*) as int) as diff_ip_group_count
    from sized
    group by
        {{ hour_columns() }},
        ip

)

select * from addresses
