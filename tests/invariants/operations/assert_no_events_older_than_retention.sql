{#-
    The same as assert_nothing_older_than_retention for events, of which a wiki may have none: tables
    that are not there are passed over.
-#}
{{ config(tags=['retention'], enabled=variable('today') is not none) }}
{%- set tables = [(ref('event_rejected'), 'raw')] -%}
{%- for table in declared_streams() %}{% do tables.append((ref('event__' ~ table), 'refined')) %}{% endfor %}
{%- if is_declared('mediawiki_api_request') %}
    {%- for table in ['action_ua_hourly', 'action_action_hourly', 'action_param_hourly'] %}{% do tables.append((ref(table), 'refined')) %}{% endfor %}
{%- endif %}

with

too_old as (

    {%- for table, kept in tables if not execute or load_relation(table) is not none %}
    select
        {{ literal(table.schema ~ '.' ~ table.identifier) }} as table_name,
        year * 10000 + month * 100 + day as date_number,
        count(*) as rows_left
    from {{ table }}
    where year * 10000 + month * 100 + day < {{ oldest_day(kept) }}
    group by
        year,
        month,
        day
    union all
    {%- endfor %}
    select
        '' as table_name,
        0 as date_number,
        0 as rows_left
    where false

)

select * from too_old
