-- With a key the signatures are different.
{{ config(enabled=env_var('WIKILAKE_ACTOR_KEY_FILE', '') == '') }}

with

cases as (

    select
        {{ truth_value('ip') }} as ip,
        {{ truth_value('user_agent') }} as user_agent,
        {{ truth_value('accept_language') }} as accept_language,
        {{ truth_value('site') }} as site,
        {{ truth_value('actor_id') }} as actor_id,
        {{ truth_value('expected_hashed_text') }} as expected_hashed_text,
        why
    from {{ ref('truth_actor_signature') }}

),

results as (

    select
        *,
        {{ actor_signature('ip', 'user_agent', 'accept_language', 'site', 'actor_id') }} as actual,
        md5(expected_hashed_text) as expected
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected

)

select * from violations
