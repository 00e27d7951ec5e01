{% macro normalized_path(uri_path) -%}
    {#-
        The path of a request: without scheme and host where a proxy logged a full URL, cut at the
        first `?`, slashes never doubled (spec 2.9). '' when a URL has no path.
    -#}
    {{ regex_replace_all(
        "split_part(case when " ~ uri_path ~ " like 'http%' then " ~ regex_capture(uri_path, '^.{9}[^/]*(/.*)$')
        ~ " else " ~ uri_path ~ " end, '?', 1)",
        '/{2,}', '/'
    ) }}
{%- endmacro %}

{% macro language_variant(path) -%}
    {#- The language variant that a normalised path asks for; `default` for none, `-` for an API. -#}
    case
        when {{ path }} like '/w/api.php%' then '-'
        when {{ path }} in ('/', '/wiki', '/w')
            or {{ regex_matches(path, '^/(api/rest_v|wiki/|w/)') }}
            then 'default'
        when {{ path }} like '/view/%'
            then case
                when {{ path }} like '/view/%/%' then split_part({{ path }}, '/', 3)
                else 'default'
            end
        when split_part({{ path }}, '/', 2) = '' then '-'
        when split_part({{ path }}, '/', 2) like '%-%' then split_part({{ path }}, '/', 2)
        else 'default'
    end
{%- endmacro %}

{% macro query_parameter(uri_query, name) -%}
    {#- The first value of a query parameter that is not empty, `+` as `_`; '' when there is none. -#}
    replace({{ regex_capture(uri_query, '^[?]?(?:[^&]*&)*?' ~ name ~ '=([^&]+)') }}, '+', '_')
{%- endmacro %}

{% macro is_wiki_path(path) -%}
    {#- Whether a path names its page itself, so that a `page` parameter is not asked (spec 2.9, 2). -#}
    (
        ({{ position_of("'/wiki/'", path) }} > 0 and {{ position_of("'index.'", path) }} = 0)
        or {{ position_of("'/w/index.php/'", path) }} > 0
        or {{ regex_matches(path, '^/api/rest_v1/page/(mobile-sections-lead|mobile-sections|mobile-html)/') }}
    )
{%- endmacro %}

{% macro title_from_path(path) -%}
    {#- What a normalised path names as its page, still percent-encoded; `-` for nothing. -#}
    {%- set text = "case when " ~ path ~ " like '#%' then " ~ path ~ " else split_part(" ~ path ~ ", '#', 1) end" -%}
    coalesce(
        {%- for marker in [
            '/api/rest_v1/page/mobile-sections-lead/',
            '/api/rest_v1/page/mobile-sections/',
            '/api/rest_v1/page/mobile-html/',
            '/wiki/',
            '/w/',
        ] %}
        nullif({{ text_after(text, marker) }}, ''),
        {%- endfor %}
        case
            when {{ text }} like '/view/%' then nullif({{ regex_capture(text, '([^/]*)$') }}, '')
            else nullif({{ regex_capture(text, '^/[^/]*/(.+)$') }}, '')
        end,
        '-'
    )
{%- endmacro %}

{% macro text_after(text, marker) -%}
    {#- What follows the first occurrence of a marker; '' when it is not there. -#}
    case
        when {{ position_of("'" ~ marker ~ "'", text) }} > 0
            then substr({{ text }}, {{ position_of("'" ~ marker ~ "'", text) }} + {{ marker | length }})
        else ''
    end
{%- endmacro %}

{% macro clean_title(title) -%}
    {#- A decoded title with underscores for blanks; `-` when MediaWiki would not have it (spec 2.9). -#}
    case
        when {{ title }} = ''
            or {{ byte_length(title) }} > 512
            or {{ regex_matches(title, '[#<>{}|\\[\\]\\x00-\\x1F\\x7F]') }}
            then '-'
        else replace({{ title }}, ' ', '_')
    end
{%- endmacro %}
