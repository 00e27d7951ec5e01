{{ config(schema='wmf_raw', partition_by=['snapshot']) }}

with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

measured as (

    select
        project,
        event_entity,
        event_type,
        {%- for measure, value in reduced_measures().items() %}
        {{ value }} as {{ measure }},
        {%- endfor %}
        snapshot
    from reduced
    where substr(event_timestamp, 1, 7) <= snapshot
    group by
        project,
        event_entity,
        event_type,
        snapshot

)

select * from measured
