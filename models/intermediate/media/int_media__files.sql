{%- set pattern = uploaded_file_pattern() %}

with

decoded as (

    select
        uri_path,
        {{ media_path('uri_path') }} as path
    from {{ ref('int_media__requests') }}
    group by uri_path

),

split as (

    select
        uri_path,
        path,
        {%- for part in ['site', 'made', 'place', 'folder', 'subfolder', 'time', 'name', 'spec'] %}
        {{ regex_capture('path', pattern, loop.index) }} as {{ part }},
        {%- endfor %}
        {{ fixed_media_kind('path') }} as fixed_kind
    from decoded
    where path is not null

),

uploaded as (

    select
        *,
        left(subfolder, 1) = folder and folder <> '' as is_uploaded,
        {{ regex_replace_all('name', '(?s)[.][^.]*$', '') }} as short_name,
        substr(spec, 2) as spec_name,
        {{ regex_capture('spec', '[.](?:ogg|gif|jpe?g|png|webm|ogv)$', 0) }} as suffix,
        {{ regex_capture('spec', '([.]0*[1-9][0-9]*p)[.](?:ogg|gif|jpe?g|png|webm|ogv)$', 1) }} as height_mark
    from split

),

with_bodies as (

    select
        *,
        left(spec_name, length(spec_name) - length(suffix) - length(height_mark)) as body_3,
        left(spec_name, length(spec_name) - length(suffix)) as body_2,
        spec_name as body_1,
        {{ regex_capture('spec_name', '(thumbnail(?:[.](?:djvu|ogv|pdf|svg|tiff?))?)(?:[.][0-9]+p)?(?:[.][a-z]+)?$', 1) }} as thumbnail
    from uploaded

),

-- The name may be whole, without its suffix, or `thumbnail`; height and suffix may follow it.
with_prefixes as (

    select
        {%- for core in ['name', 'short_name', 'thumbnail'] %}
        {%- set core_number = loop.index %}
        {%- for body in [1, 2, 3] %}
        {{ made_prefix('body_' ~ body, core) }} as prefix_{{ core_number }}_{{ body }},
        {%- endfor %}
        {%- endfor %}
        *
    from with_bodies

),

read as (

    select
        *,
        case
            {%- for core in [1, 2, 3] %}
            {%- for body in [3, 2, 1] %}
            when {{ "thumbnail <> '' and " if core == 3 }}{{ regex_matches('prefix_' ~ core ~ '_' ~ body, made_prefix_pattern()) }}
                then '{{ body }}' || prefix_{{ core }}_{{ body }}
            {%- endfor %}
            {%- endfor %}
        end as found
    from with_prefixes

),

with_kinds as (

    select
        uri_path,
        {{ media_kind('fixed_kind', 'is_uploaded', 'made', 'spec', 'found', 'suffix') }} as kind,
        {{ pixels(regex_capture('substr(found, 2)', made_prefix_pattern(), 1)) }} as width,
        case left(found, 1) when '3' then {{ pixels(regex_capture('height_mark', '^[.]0*([1-9][0-9]*)p$', 1)) }} end as height,
        {{ percent_encoded(
            "case when fixed_kind is not null then " ~ regex_replace_all('path', '[.](?:ogg|midi)$', '.png')
            ~ " else site || place || '/' || folder || '/' || subfolder || '/'"
            ~ " || case when place = '/temp' then '' else time end || name end"
        ) }} as base_name
    from read

),

with_types as (

    select
        *,
        {{ media_file_type(media_suffix('base_name')) }} as file_type
    from with_kinds
    where kind is not null

),

classified as (

    select
        uri_path,
        base_name,
        kind,
        case kind when 'image' then width when 'movie' then height end as pixels,
        file_type,
        {{ media_class('file_type') }} as media_classification
    from with_types

)

select * from classified
