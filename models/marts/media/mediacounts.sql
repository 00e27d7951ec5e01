{{ config(partition_by=['year', 'month', 'day', 'hour']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

{%- set counted_if = {
    'total': 'true',
    'original': "files.kind = 'original'",
    'transcoded_audio': "files.kind = 'audio'",
    'transcoded_image': "files.kind = 'image'",
    'transcoded_image_0_199': "files.kind = 'image' and files.pixels < 200",
    'transcoded_image_200_399': "files.kind = 'image' and files.pixels between 200 and 399",
    'transcoded_image_400_599': "files.kind = 'image' and files.pixels between 400 and 599",
    'transcoded_image_600_799': "files.kind = 'image' and files.pixels between 600 and 799",
    'transcoded_image_800_999': "files.kind = 'image' and files.pixels between 800 and 999",
    'transcoded_image_1000': "files.kind = 'image' and files.pixels >= 1000",
    'transcoded_movie': "files.kind = 'movie'",
    'transcoded_movie_0_239': "files.kind = 'movie' and files.pixels < 240",
    'transcoded_movie_240_479': "files.kind = 'movie' and files.pixels between 240 and 479",
    'transcoded_movie_480': "files.kind = 'movie' and files.pixels >= 480",
    'referer_internal': "requests.referer_class = 'internal'",
    'referer_external': "requests.referer_class like 'external%'",
    'referer_unknown': "requests.referer_class in ('unknown', 'none')",
} %}

with

requests as (

    select * from {{ ref('int_media__requests') }}

),

files as (

    select * from {{ ref('int_media__files') }}

),

counted as (

    select
        files.base_name,
        {{ bigint_sum('requests.response_size') }} as total_response_size,
        {%- for column, condition in counted_if.items() %}
        count(case when {{ condition }} then 1 end) as {{ column }},
        {%- endfor %}
        {{ hour_columns('requests') }}
    from requests
    inner join files
        on requests.uri_path = files.uri_path
    group by
        files.base_name,
        {{ hour_columns('requests') }}

)

select * from counted
