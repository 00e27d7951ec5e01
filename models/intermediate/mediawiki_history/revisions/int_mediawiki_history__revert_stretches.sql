{{ config(materialized='table') }}

with

reverts as (

    select
        wiki_db,
        revision_number,
        reverted_to,
        max(revision_number) over (
            partition by wiki_db
            order by
                reverted_to,
                revision_number
            rows between unbounded preceding and 1 preceding
        ) as last_before
    from {{ ref('int_mediawiki_history__identity_reverts') }}
    where reverted_to + 1 < revision_number

),

numbered as (

    select
        *,
        sum(case when reverted_to < last_before then 0 else 1 end) over (
            partition by wiki_db
            order by
                reverted_to,
                revision_number
            rows between unbounded preceding and current row
        ) as stretch
    from reverts

),

-- Reverts that overlap are one stretch, of which every revision is reverted.
revert_stretches as (

    select
        wiki_db,
        revision_number,
        reverted_to,
        min(reverted_to) over (
            partition by
                wiki_db,
                stretch
        ) + 1 as first_number,
        max(revision_number) over (
            partition by
                wiki_db,
                stretch
        ) as last_number
    from numbered

)

select * from revert_stretches
