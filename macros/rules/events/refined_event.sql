{% macro refined_event(table, events) -%}
    {#-
        The refined events of one stream: the query of a mart. `events` is the relation of its staging
        model. A step that the stream has no field for does nothing.
    -#}
    {%- set stream = stream(table) -%}
    {%- set sources = stream.sources -%}
    with

    owned_domains as (

        select domain from {{ ref('int_events__owned_domains') }}

    ),

    events as (

        select
            *,
            {{ first_of('staged', sources.domain) }} as source_host,
            {{ first_of('staged', sources.canary) }} as canary_host,
            {{ first_of('staged', sources.id) }} as event_id,
            {{ first_of('staged', sources.address) }} as source_ip,
            {{ event_user_agent('staged', sources) }} as source_user_agent
        from {{ events }} as staged
        where rejection_reason is null

    ),

    hosts as (

        select distinct
            source_host,
            {{ event_host('source_host') }} as host,
            {{ normalized_host_text('source_host') }} as normalized_host_text
        from events

    ),

    named_hosts as (

        select
            hosts.*,
            owned_domains.domain is not null as is_own
        from hosts
        left join owned_domains
            on {{ last_two_labels('hosts.host') }} = owned_domains.domain

    ),

    {# Z and A #}
    kept as (

        select
            events.*,
            named_hosts.is_own,
            named_hosts.normalized_host_text
        from events
        left join named_hosts
            on events.source_host is not distinct from named_hosts.source_host
        where
            coalesce(events.canary_host, '') <> 'canary'
            {%- if stream.is_legacy %}
            and {{ is_kept_domain('events.source_host', 'named_hosts.is_own') }}
            {%- endif %}

    ),

    {# B #}
    numbered as (

        select
            *,
            row_number() over (
                partition by event_id, datacenter, {{ hour_columns() }}
                order by
                    {%- for path in sources.latest or [] %}
                    {{ field(['event'] + path) }} desc nulls last,
                    {%- endfor %}
                    event_md5
            ) as place
        from kept

    ),

    deduplicated as (

        select * from numbered
        where event_id is null or place = 1

    ),

    {%- if 'geocoded_data' in stream.steps %}

    {# C #}
    addresses as (

        select distinct source_ip as ip from deduplicated
        where source_ip is not null

    ),

    places as (

        select
            ip,
            geocoded_data
        from {{ facts_of_addresses('addresses', ref('networks'), ref('countries')) }}

    ),
    {%- endif %}
    {%- if 'user_agent_map' in stream.steps %}

    {# D #}
    user_agents as (

        select distinct source_user_agent as user_agent from deduplicated
        where source_user_agent is not null

    ),

    agents as (

        select * from {{ facts_of_user_agents('user_agents', ref('int_events__spider_patterns')) }}

    ),
    {%- endif %}

    {# E, F and G #}
    refined as (

        select
            {%- for column in stream.columns %}
            {{ refined_column(column, stream) }} as {{ quoted_name(column.name) }},
            {%- endfor %}
            {%- if stream.datacenters %}
            deduplicated.datacenter,
            {%- endif %}
            {{ hour_columns('deduplicated') }}
        from deduplicated
        {%- if 'geocoded_data' in stream.steps %}
        left join places
            on deduplicated.source_ip = places.ip
        {%- endif %}
        {%- if 'user_agent_map' in stream.steps %}
        left join agents
            on deduplicated.source_user_agent = agents.user_agent
        {%- endif %}

    )

    select * from refined
{%- endmacro %}

{% macro refined_column(column, stream) -%}
    {#- A column of a refined event: the field of its name, or what a step makes. -#}
    {%- if column.step in (none, 'kept') -%}
        {{ renamed_field('deduplicated.' ~ field(['event', column.key]), column.type) }}
    {%- elif column.step == 'geocoded_data' -%}
        places.geocoded_data
    {%- elif column.step == 'ip' -%}
        coalesce(deduplicated.{{ field(['event', column.key]) }}, deduplicated.source_ip)
    {%- elif column.step == 'user_agent_map' -%}
        agents.user_agent_map
    {%- elif column.step == 'useragent' -%}
        {{ legacy_useragent('deduplicated.' ~ field(['event', column.key]), stream.useragent_type, column.type) }}
    {%- elif column.step == 'is_wmf_domain' -%}
        {{ 'coalesce(deduplicated.is_own, false)' if stream.sources.domain else 'cast(null as boolean)' }}
    {%- elif column.step == 'normalized_host' -%}
        {{ event_normalized_host('deduplicated.normalized_host_text', stream.sources.domain) }}
    {%- endif -%}
{%- endmacro %}

{% macro renamed_field(value, type) -%}
    {#-
        A value of an event with the names that SQL gives its fields. A struct whose names are those
        of JSON stays as it is.
    -#}
    {%- if nested_type(type, 'key') == nested_type(type, 'name') -%}{{ return(value) }}{%- endif -%}
    {%- set members = {} -%}
    {%- for part in type.fields -%}
        {%- do members.update({part.name: renamed_field(value ~ '.' ~ quoted_name(part.key), part.type)}) -%}
    {%- endfor -%}
    {{ return('case when ' ~ value ~ ' is not null then ' ~ struct_of(members) ~ ' end') }}
{%- endmacro %}
