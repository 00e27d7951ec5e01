with

revisions as (

    select * from {{ ref('int_mediawiki_history__revisions') }}

),

user_states as (

    select * from {{ ref('int_mediawiki_history__numbered_user_states') }}

),

page_states as (

    select * from {{ ref('int_mediawiki_history__numbered_page_states') }}

),

-- What the event itself says of who did it, which holds where no state of the account does (D1).
performed_events as (

    select
        wiki_db,
        'revision' as event_entity,
        revision_number as event_number,
        {{ history_timestamp('revision_time') }} as event_timestamp,
        user_id,
        cast(null as bigint) as user_central_id,
        user_text,
        is_anonymous,
        cast(null as boolean) as is_temporary,
        cast(null as boolean) as is_permanent
    from revisions
    {%- for entity in ['user', 'page'] %}
    union all
    select
        wiki_db,
        '{{ entity }}' as event_entity,
        state_number as event_number,
        start_timestamp as event_timestamp,
        caused_by_user_id as user_id,
        caused_by_user_central_id as user_central_id,
        caused_by_user_text as user_text,
        caused_by_anonymous_user as is_anonymous,
        caused_by_temporary_user as is_temporary,
        caused_by_permanent_user as is_permanent
    from {{ entity }}_states
    {%- endfor %}

)

select * from performed_events
