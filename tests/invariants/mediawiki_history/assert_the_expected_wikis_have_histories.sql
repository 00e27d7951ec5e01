{{ config(group='history', severity='warn') }}
-- The wikis of a snapshot are those of the list that was ingested (spec 9.2): variable
-- `expected_wikis`. Without a list nothing is expected.

with

found as (

    select distinct wiki_db from {{ ref('stg_mediawiki_history__events') }}

),

expected as (

    {%- for wiki in variable('expected_wikis') %}
    select {{ literal(wiki) }} as wiki_db
    {{ 'union all' if not loop.last }}
    {%- else %}
    select wiki_db from found
    {%- endfor %}

),

compared as (

    select
        coalesce(expected.wiki_db, found.wiki_db) as wiki_db,
        expected.wiki_db is not null as is_expected,
        found.wiki_db is not null as is_found
    from expected
    full outer join found
        on expected.wiki_db is not distinct from found.wiki_db

),

differing as (

    select * from compared
    where not is_expected or not is_found

)

select * from differing
