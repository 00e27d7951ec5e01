{% macro media_families() -%}
    {#- The families of projects whose uploaded files have addresses of their own. -#}
    {{ return([
        'wikibooks',
        'wikimedia',
        'wikinews',
        'wikipedia',
        'wikiquote',
        'wikisource',
        'wikiversity',
        'wikivoyage',
        'wiktionary',
    ]) }}
{%- endmacro %}

{% macro media_path(uri_path) -%}
    {#-
        The path of a media file, decoded once, with one slash for a run of them; NULL for what is
        too long or begins with neither a slash nor the server.
    -#}
    case
        when {{ utf16_length(uri_path) }} <= 1024 and {{ regex_matches(uri_path, '^(https?://upload[.]wikimedia[.]org)?/') }}
            then {{ trim_blanks(
                regex_replace_all(
                    percent_decode(regex_replace_all(uri_path, '^https?://upload[.]wikimedia[.]org', '')), '/+', '/'
                )
            ) }}
    end
{%- endmacro %}

{% macro fixed_media_kind(path) -%}
    {#-
        The kind of what lies in a place of its own: formulas, timelines, scores, the icon; NULL for
        everything else. Folders repeat how the name begins.
    -#}
    {%- set formula = '^(?:/(?:' ~ media_families() | join('|') ~ ')/[a-z_-]{2,}[0-9]*)?/math/([0-9a-f-])/([0-9a-f-])/([0-9a-f-])/([0-9a-f-]{3})[0-9a-f-]{29}[.]png$' -%}
    {%- set timeline = '^/(?:' ~ media_families() | join('|') ~ ')/[a-z_-]{2,}[0-9]*/timeline/[0-9a-f-]{32}[.]png$' -%}
    {%- set score = '^/score/([0-9a-z])/([0-9a-z])/([0-9a-z]{2})([0-9a-z]{6})[0-9a-z]{23}/([0-9a-z]{8})[.](?:png|ogg|midi)$' -%}
    case
        when {{ path }} = '/favicon.ico' or {{ regex_matches(path, timeline) }} then 'original'
        when {{ regex_matches(path, formula) }}
            and {{ regex_capture(path, formula, 1) }} || {{ regex_capture(path, formula, 2) }} || {{ regex_capture(path, formula, 3) }}
            = {{ regex_capture(path, formula, 4) }}
            then 'original'
        when {{ regex_matches(path, score) }}
            and {{ regex_capture(path, score, 1) }} || {{ regex_capture(path, score, 2) }} = {{ regex_capture(path, score, 3) }}
            and {{ regex_capture(path, score, 3) }} || {{ regex_capture(path, score, 4) }} = {{ regex_capture(path, score, 5) }}
            then case when {{ path }} like '%.png' then 'image' else 'audio' end
    end
{%- endmacro %}

{% macro uploaded_file_pattern() -%}
    {#-
        The path of an uploaded file. Groups: site, thumb or transcoded, archive or temp, the two
        folders, time, name, and what is made of it.
    -#}
    {{ return(
        '(?s)^(/(?:' ~ media_families() | join('|') ~ ')/[a-z_-]{2,}[0-9]*)(/thumb|/transcoded)?(/archive|/temp)?'
        ~ '/([0-9a-f])/([0-9a-f]{2})/([0-9]{14}!)?([^/]*)(/.*)?$'
    ) }}
{%- endmacro %}

{% macro made_prefix(body, core) -%}
    {#- What stands before the name of a file in the name of what is made of it; NULL for another name. -#}
    case
        when right({{ body }}, length({{ core }})) = {{ core }}
            then left({{ body }}, length({{ body }}) - length({{ core }}))
    end
{%- endmacro %}

{% macro made_prefix_pattern() -%}
    {#- How a file is made of another: quality, page, language, width (group 1), second. -#}
    {{ return('^(?:lossy-)?(?:lossless-)?(?:page[0-9]+-)?(?:lang[A-Za-z-]*-)?(?:(?:qlow|mid)-)?(?:0*([1-9][0-9]*)px-)?(?:seek(?:=|%3D)[0-9]+(?:[.][0-9]+)?)?-?$') }}
{%- endmacro %}

{% macro media_kind(fixed_kind, is_uploaded, made, spec, found, suffix) -%}
    {#-
        What was sent: a file as it was uploaded, or an image, sound or movie made of it; NULL for a
        path that names no file. `found` begins with 1 where neither suffix nor height follow the
        file's name: no transcoding is called like that.
    -#}
    case
        when {{ fixed_kind }} is not null then {{ fixed_kind }}
        when not {{ is_uploaded }} then null
        when {{ made }} = '' and {{ spec }} = '' then 'original'
        when {{ made }} = '' or {{ spec }} = '' or {{ found }} is null then null
        when {{ made }} = '/thumb' then 'image'
        when left({{ found }}, 1) = '1' then null
        when {{ suffix }} in ('.gif', '.jpg', '.jpeg', '.png') then 'image'
        when {{ suffix }} = '.ogg' then 'audio'
        when {{ suffix }} in ('.webm', '.ogv') then 'movie'
    end
{%- endmacro %}

{% macro pixels(digits) -%}
    {#- A width or height; what does not fit into 32 bits is the largest number that does. -#}
    case
        when {{ digits }} = '' then cast(null as integer)
        when length({{ digits }}) > 10 then 2147483647
        else coalesce(try_cast({{ digits }} as integer), 2147483647)
    end
{%- endmacro %}

{% macro media_suffix(base_name) -%}
    {#- The text after the last dot in lower case; the whole name where there is no dot. -#}
    {{ lower_unicode(regex_capture(base_name, '(?s)^(?:.*[.])?([^.]*)$', 1)) }}
{%- endmacro %}

{% macro media_file_type(suffix) -%}
    {#- The type of a file by its suffix in lower case, spellings made one. -#}
    case
        when {{ suffix }} = 'tif' then 'tiff'
        when {{ suffix }} = 'jpg' then 'jpeg'
        when {{ suffix }} = 'mid' then 'midi'
        else {{ suffix }}
    end
{%- endmacro %}

{% macro media_class(file_type) -%}
    {#- What a file is by its type: image, audio, video, document, data or other. -#}
    case
        when {{ file_type }} in ('svg', 'png', 'tiff', 'jpeg', 'gif', 'xcf', 'webp', 'bmp') then 'image'
        when {{ file_type }} in ('mp3', 'ogg', 'oga', 'flac', 'wav', 'midi') then 'audio'
        when {{ file_type }} in ('webm', 'ogv') then 'video'
        when {{ file_type }} in ('pdf', 'djvu', 'srt', 'txt') then 'document'
        when {{ file_type }} = 'json' then 'data'
        else 'other'
    end
{%- endmacro %}

{% macro media_class_of_wiki(media_type, major_mime, minor_mime) -%}
    {#- What a file is by the type that its wiki gives it; NULL where the type does not say. -#}
    case
        when {{ media_type }} in ('BITMAP', 'DRAWING') then 'image'
        when {{ media_type }} = 'AUDIO' then 'audio'
        when {{ media_type }} = 'VIDEO' then 'video'
        when {{ media_type }} = 'MULTIMEDIA'
            then case when {{ major_mime }} in ('audio', 'video') then {{ major_mime }} end
        when {{ media_type }} = 'OFFICE'
            then case when {{ minor_mime }} in ('pdf', 'vnd.djvu') then 'document' else 'other' end
        when {{ media_type }} = 'TEXT'
            then case when {{ minor_mime }} = 'plain' then 'document' else 'other' end
        when {{ media_type }} in ('3D', 'ARCHIVE', 'EXECUTABLE') then 'other'
    end
{%- endmacro %}

{% macro media_transcoding(kind, pixels) -%}
    {#-
        What was sent of a file, in the words of mediarequest. As in the original every movie of 240
        lines or more is `movie_240_479`.
    -#}
    case
        when {{ kind }} in ('original', 'audio') then {{ kind }}
        when {{ pixels }} is null then {{ kind }}
        when {{ kind }} = 'movie' and {{ pixels }} < 240 then 'movie_0_239'
        when {{ kind }} = 'movie' then 'movie_240_479'
        when {{ pixels }} < 200 then 'image_0_199'
        when {{ pixels }} < 400 then 'image_200_399'
        when {{ pixels }} < 600 then 'image_400_599'
        when {{ pixels }} < 800 then 'image_600_799'
        when {{ pixels }} < 1000 then 'image_800_999'
        else 'image_1000'
    end
{%- endmacro %}

{% macro wiki_of_file(base_name) -%}
    {#- The database of the wiki that a file belongs to, like `commonswiki`. -#}
    replace(split_part({{ base_name }}, '/', 3), '-', '_')
    || case split_part({{ base_name }}, '/', 2) when 'wikipedia' then 'wiki' else split_part({{ base_name }}, '/', 2) end
{%- endmacro %}

{% macro is_delivered_file(http_status, byte_range) -%}
    {#- Whether a request got a file, or its beginning: not a check for changes, not one byte. -#}
    (
        {{ status_number(http_status) }} = 200
        or (
            {{ status_number(http_status) }} = 206
            and {{ byte_range }} like 'bytes=0-%'
            and {{ byte_range }} <> 'bytes=0-0'
        )
    )
{%- endmacro %}
