{{ config(schema='wmf_raw', partition_by=['snapshot']) }}

with

rejects as (

    {% if is_history_from_tables() -%}
    select * from {{ ref('int_mediawiki_history__rejected_rows') }}
    {%- else -%}
    select
        *,
        cast(null as string) as wiki_db,
        cast(1 as bigint) as event_count
    from {{ ref('stg_mediawiki_history__dump_rejects') }}
    {%- endif %}

),

events as (

    select * from {{ ref('stg_mediawiki_history__events') }}

),

projects as (

    select * from {{ ref('int_mediawiki_history__projects') }}

),

unmapped_wikis as (

    select
        events.wiki_db,
        count(*) as event_count
    from events
    left join projects
        on events.wiki_db = projects.dbname
    where projects.dbname is null
    group by events.wiki_db

),

rejected as (

    select
        file_name,
        line_number,
        line,
        wiki_db,
        reason,
        event_count
    from rejects
    union all
    select
        cast(null as string) as file_name,
        cast(null as bigint) as line_number,
        cast(null as string) as line,
        wiki_db,
        'wiki_is_not_in_the_namespace_map' as reason,
        event_count
    from unmapped_wikis

),

placed as (

    select
        *,
        {{ literal(run_snapshot()) }} as snapshot
    from rejected

)

select * from placed
