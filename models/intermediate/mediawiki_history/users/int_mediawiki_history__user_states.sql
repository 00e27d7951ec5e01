{{ config(materialized='table') }}

with

user_events as (

    select * from {{ ref('int_mediawiki_history__user_events') }}

),

sitters as (

    select * from {{ ref('int_mediawiki_history__user_sitters') }}

),

users as (

    select * from {{ ref('int_mediawiki_history__users') }}

),

-- An account whose name a rename takes leaves the walk (UW2); of one that is matched the event
-- opens a state (UW3).
met as (

    select
        sitters.user_id,
        sitters.touched_name as user_text_historical,
        case when sitters.role in ('from', 'same') then 'conflict' end as inferred_from,
        user_events.*
    from sitters
    inner join user_events
        on
            sitters.wiki_db = user_events.wiki_db
            and sitters.place = user_events.place
    where sitters.user_id is not null

),

last_places as (

    select
        wiki_db,
        user_id,
        max(place) as last_place,
        max(case when event_type = 'rename' and inferred_from is null then place end) as last_rename,
        max(case when event_type = 'create' or inferred_from is not null then 1 else 0 end) as has_left
    from met
    group by
        wiki_db,
        user_id

),

opened as (

    select
        met.wiki_db,
        met.user_id,
        met.place,
        met.user_text_historical,
        case when met.inferred_from is null then met.event_type else 'create' end as caused_by_event_type,
        case
            when met.event_type = 'create' then least(users.registration, met.event_time, users.first_edit)
            else met.event_time
        end as start_time,
        case when met.event_type = 'create' or met.inferred_from is not null then met.event_time end as creation_time,
        met.inferred_from,
        met.log_id
    from met
    inner join users
        on
            met.wiki_db = users.wiki_db
            and met.user_id = users.user_id

),

-- Who is left at the end was there before all that is known (UW4).
unclosed as (

    select
        users.wiki_db,
        users.user_id,
        coalesce(last_places.last_place, 0) + 1 as place,
        coalesce(user_events.old_name, users.user_name) as user_text_historical,
        'create' as caused_by_event_type,
        least(users.registration, users.first_edit) as start_time,
        cast(null as string) as creation_time,
        'unclosed' as inferred_from,
        cast(null as bigint) as log_id
    from users
    left join last_places
        on
            users.wiki_db = last_places.wiki_db
            and users.user_id = last_places.user_id
    left join user_events
        on
            last_places.wiki_db = user_events.wiki_db
            and last_places.last_rename = user_events.place
    where coalesce(last_places.has_left, 0) = 0

),

all_states as (

    select * from opened
    union all
    select * from unclosed

),

user_states as (

    select
        *,
        lag(start_time) over (partition by wiki_db, user_id order by place) as end_time
    from all_states

)

select * from user_states
