{{ config(partition_by=['year', 'month', 'day', 'hour']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

with

requests as (

    select
        *,
        {{ referring_labels('referer_url') }} as labels,
        {{ snapshot_of_files() }} as snapshot
    from {{ ref('int_media__requests') }}

),

files as (

    select
        *,
        {{ wiki_of_file('base_name') }} as wiki_db,
        {{ percent_decode("split_part(base_name, '/', -1)") }} as file_name
    from {{ ref('int_media__files') }}

),

file_classes as (

    select * from {{ ref('int_media__file_classes') }}

),

owned_domains as (

    select * from {{ ref('owned_domains') }}
    where {{ in_force() }}
    {{- site_domain_rows() }}

),

own_families as (

    select distinct split_part(domain, '.', 1) as family
    from owned_domains
    where is_referer_internal

),

classified as (

    select
        files.base_name,
        -- As in the original a file with two live rows in its wiki counts twice.
        case
            when files.media_classification = 'document' then files.media_classification
            else coalesce(file_classes.media_classification, files.media_classification)
        end as media_classification,
        files.file_type,
        requests.response_size,
        {{ media_transcoding('files.kind', 'files.pixels') }} as transcoding,
        requests.agent_type,
        case
            when requests.referer_class = 'internal' and own_families.family is not null
                then {{ referring_project('requests.labels') }}
            else requests.referer_class
        end as referer,
        {{ hour_columns('requests') }}
    from requests
    inner join files
        on requests.uri_path = files.uri_path
    left join file_classes
        on
            files.wiki_db = file_classes.wiki_db
            and files.file_name = file_classes.file_name
            and requests.snapshot = file_classes.snapshot
    left join own_families
        on {{ referring_family('requests.labels') }} = own_families.family

),

counted as (

    select
        base_name,
        media_classification,
        file_type,
        {{ bigint_sum('response_size') }} as total_bytes,
        count(*) as request_count,
        transcoding,
        agent_type,
        referer,
        {{ padded('year', 4) }} || '-' || {{ padded('month') }} || '-' || {{ padded('day') }} || 'T' || {{ padded('hour') }} || ':00:00Z' as dt,
        {{ hour_columns() }}
    from classified
    group by base_name, media_classification, file_type, transcoding, agent_type, referer, {{ hour_columns() }}

)

select * from counted
