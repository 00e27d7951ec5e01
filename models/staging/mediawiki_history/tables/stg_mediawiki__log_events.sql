{{ config(materialized='table') }}

with

logging as (

    {{ mediawiki_rows(source('mediawiki', 'logging')) }}

),

comments as (

    select * from {{ ref('stg_mediawiki__comments') }}

),

shown as (

    select
        wiki_db,
        log_id,
        log_type,
        log_timestamp,
        {% for column in ['log_action', 'log_namespace', 'log_title', 'log_page'] -%}
        {{ shown_part(column, 'log_deleted', 1) }} as {{ column }},
        {% endfor -%}
        {{ shown_part('log_params', 'log_deleted', 15) }} as log_params,
        {{ shown_part('log_actor', 'log_deleted', 4) }} as log_actor,
        {{ shown_part('log_comment_id', 'log_deleted', 2) }} as log_comment_id
    from logging
    where
        {{ log_entity() }} is not null
        and {{ is_mediawiki_time('log_timestamp') }}

),

-- Log rows that say the same are one, the one with the smallest id (S3).
numbered as (

    select
        *,
        row_number() over (
            partition by
                wiki_db,
                log_type,
                log_action,
                log_timestamp,
                log_title,
                log_namespace,
                log_params,
                log_actor,
                log_comment_id
            order by log_id
        ) as copy_number
    from shown

),

distinct_events as (

    select
        numbered.wiki_db,
        numbered.log_id,
        numbered.log_type,
        numbered.log_action,
        numbered.log_timestamp,
        numbered.log_namespace,
        numbered.log_title,
        numbered.log_params,
        parse_php_array(numbered.log_params) as parameters,
        numbered.log_page,
        numbered.log_actor,
        comments.comment_text
    from numbered
    left join comments
        on
            numbered.wiki_db = comments.wiki_db
            and numbered.log_comment_id = comments.comment_id
    where numbered.copy_number = 1

),

log_events as (

    select
        *,
        {{ source_log_params() }} as source_log_params
    from distinct_events

)

select * from log_events
