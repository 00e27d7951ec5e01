{{ config(schema='wmf_raw', partition_by=['snapshot'], tags=['history_from_tables']) }}

with

current_measures as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_measures')) }}

),

previous_measures as (

    select * from {{ ref('mediawiki_history_measures') }}
    where snapshot = {{ literal(previous_snapshot()) }}

),

ranked_wikis as (

    select
        history,
        wiki_db,
        row_number() over (partition by history order by sum(events) desc, wiki_db asc) as rank
    from current_measures
    where wiki_db is not null
    group by
        history,
        wiki_db

),

compared_wikis as (

    select
        history,
        wiki_db
    from ranked_wikis
    where rank <= {{ variable('growth_projects') }}

),

has_previous as (

    select count(*) as previous_rows from previous_measures

),

paired as (

    select
        coalesce(current_measures.history, previous_measures.history) as history,
        coalesce(current_measures.wiki_db, previous_measures.wiki_db) as wiki_db,
        coalesce(current_measures.event_entity, previous_measures.event_entity) as event_entity,
        coalesce(current_measures.event_type, previous_measures.event_type) as event_type,
        {%- for measure in history_measures() %}
        {{ growth_of('current_measures.' ~ measure, 'previous_measures.' ~ measure) }}
            as growth_of_{{ measure }},
        {%- endfor %}
        (
            coalesce(cast(current_measures.distinct_page_id as double), 0)
            + coalesce(current_measures.distinct_page_artificial_id, 0)
            - coalesce(previous_measures.distinct_page_id, 0)
            - coalesce(previous_measures.distinct_page_artificial_id, 0)
        )
        / (
            coalesce(nullif(previous_measures.distinct_page_id, 0), 1)
            + coalesce(nullif(previous_measures.distinct_page_artificial_id, 0), 1)
        ) as growth_of_all_page_ids
    from current_measures
    full outer join previous_measures
        on
            current_measures.history = previous_measures.history
            and current_measures.wiki_db = previous_measures.wiki_db
            and current_measures.event_entity = previous_measures.event_entity
            and current_measures.event_type = previous_measures.event_type

),

growth as (

    select
        paired.*,
        {{ is_history_growth_error() }} as is_error,
        {{ literal(run_snapshot()) }} as snapshot
    from paired
    inner join compared_wikis
        on
            paired.history = compared_wikis.history
            and paired.wiki_db = compared_wikis.wiki_db
    cross join has_previous
    where has_previous.previous_rows > 0

)

select * from growth
