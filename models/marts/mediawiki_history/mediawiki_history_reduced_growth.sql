{{ config(schema='wmf_raw', partition_by=['snapshot']) }}

with

current_measures as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced_measures')) }}

),

previous_measures as (

    select * from {{ ref('mediawiki_history_reduced_measures') }}
    where snapshot = {{ literal(previous_snapshot()) }}

),

ranked_projects as (

    select
        project,
        row_number() over (order by sum(events) desc, project asc) as rank
    from current_measures
    where project is not null
    group by project

),

compared_projects as (

    select project from ranked_projects
    where rank <= {{ variable('growth_projects') }}

),

has_previous as (

    select count(*) as previous_rows from previous_measures

),

paired as (

    select
        coalesce(current_measures.project, previous_measures.project) as project,
        coalesce(current_measures.event_entity, previous_measures.event_entity) as event_entity,
        {%- for measure in reduced_measures() %}
        {{ growth_of('current_measures.' ~ measure, 'previous_measures.' ~ measure) }}
            as growth_of_{{ measure }},
        {%- endfor %}
        coalesce(current_measures.event_type, previous_measures.event_type) as event_type
    from current_measures
    full outer join previous_measures
        on
            current_measures.project = previous_measures.project
            and current_measures.event_entity = previous_measures.event_entity
            and current_measures.event_type = previous_measures.event_type

),

growth as (

    select
        paired.*,
        {{ is_growth_error() }} as is_error,
        {{ literal(run_snapshot()) }} as snapshot
    from paired
    inner join compared_projects
        on paired.project = compared_projects.project
    cross join has_previous
    where has_previous.previous_rows > 0

)

select * from growth
