{{ config(materialized='table') }}

with recursive

slots as (

    {{ mediawiki_rows(source('mediawiki', 'slots')) }}

),

roles as (

    {{ mediawiki_rows(source('mediawiki', 'slot_roles')) }}

),

contents as (

    {{ mediawiki_rows(source('mediawiki', 'content')) }}

),

hashed as (

    select
        slots.wiki_db,
        slots.slot_revision_id as rev_id,
        contents.content_sha1 as sha1,
        row_number() over (
            partition by
                slots.wiki_db,
                slots.slot_revision_id
            order by roles.role_name
        ) as number,
        count(*) over (
            partition by
                slots.wiki_db,
                slots.slot_revision_id
        ) as slot_count
    from slots
    inner join roles
        on
            slots.wiki_db = roles.wiki_db
            and slots.slot_role_id = roles.role_id
    inner join contents
        on
            slots.wiki_db = contents.wiki_db
            and slots.slot_content_id = contents.content_id
    where
        roles.role_name is not null
        and contents.content_sha1 is not null

),

-- The hash of several parts is made of that of the parts before and of the next one (J4).
combined (wiki_db, rev_id, sha1, number, slot_count) as (

    select
        wiki_db,
        rev_id,
        sha1,
        number,
        slot_count
    from hashed
    where number = 1
    union all
    select
        hashed.wiki_db,
        hashed.rev_id,
        {{ combined_sha1('combined.sha1', 'hashed.sha1') }} as sha1,  -- noqa: PRS
        hashed.number,
        hashed.slot_count
    from combined
    inner join hashed
        on
            combined.wiki_db = hashed.wiki_db
            and combined.rev_id = hashed.rev_id
            and combined.number + 1 = hashed.number

),

revision_hashes as (

    select
        wiki_db,
        rev_id,
        sha1
    from combined
    where number = slot_count

)

select * from revision_hashes
