{% macro facts_of_addresses(addresses, networks, countries) -%}
    {#-
        What is known of each address: a subquery of one row per row of `addresses`, whose column is
        `ip`. `networks` and `countries` are the seeds of these names: free databases have codes of
        countries alone.
    -#}
    (
        with

        networks as (

            select
                provenance,
                position,
                parse_address(split_part(network, '/', 1)).bits as network_bits,
                try_cast(split_part(network, '/', 2) as integer) as prefix_length
            from {{ networks }}

        ),

        trimmed as (

            select
                ip,
                {{ trim_blanks('ip') }} as trimmed_ip
            from {{ addresses }}

        ),

        parsed as (

            select
                ip,
                ip = trimmed_ip as is_plain,
                parse_address(trimmed_ip) as address
            from trimmed

        ),

        own_networks as (

            select
                parsed.ip,
                min(networks.position) as position
            from parsed
            inner join networks
                on
                    length(parsed.address.bits) = length(networks.network_bits)
                    and left(parsed.address.bits, networks.prefix_length)
                    = left(networks.network_bits, networks.prefix_length)
            group by parsed.ip

        ),

        located as (

            select
                parsed.ip,
                coalesce(networks.provenance, 'internet') as ip_provenance,
                case when {{ is_located('networks.provenance', 'parsed.is_plain') }} then parsed.address end as address
            from parsed
            left join own_networks
                on parsed.ip = own_networks.ip
            left join networks
                on own_networks.position = networks.position

        ),

        with_countries as (

            select
                located.*,
                coalesce(located.address.country, countries.name) as country
            from located
            left join {{ countries }} as countries
                on located.address.country_code = countries.iso_code

        ),

        named as (

            select
                ip,
                ip_provenance,
                coalesce(address.continent, 'Unknown') as continent,
                coalesce({{ if_both_known('address.country_code', 'country') }}, '--') as country_code,
                coalesce({{ if_both_known('country', 'address.country_code') }}, 'Unknown') as country,
                coalesce(address.subdivision, 'Unknown') as subdivision,
                coalesce(address.city, 'Unknown') as city,
                coalesce(address.timezone, 'Unknown') as timezone,
                coalesce(address.subdivision_code, '--') as subdivision_code,
                coalesce(address.postal_code, 'Unknown') as postal_code,
                coalesce(address.latitude, '-1') as latitude,
                coalesce(address.longitude, '-1') as longitude,
                coalesce(address.isp, 'Unknown') as isp,
                coalesce(address.organization, 'Unknown') as organization,
                coalesce(address.autonomous_system_organization, 'Unknown')
                    as autonomous_system_organization,
                coalesce(address.autonomous_system_number, '-1') as autonomous_system_number
            from with_countries

        ),

        client_ips as (

            select
                *,
                {{ map_of_columns(geocoded_keys()) }} as geocoded_data,
                {{ map_of_columns([
                    'isp',
                    'organization',
                    'autonomous_system_organization',
                    'autonomous_system_number',
                ]) }} as isp_data
            from named

        )

        select * from client_ips
    )
{%- endmacro %}
