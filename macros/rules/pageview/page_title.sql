{% macro normalized_path(uri_path) -%}
    {#-
        The path of a request: without scheme and host where a proxy logged a full URL, cut at the
        first `?`, doubled slashes made single (spec 2.9). '' when a URL has no path. In 0.0.19 it
        is trimmed too.
    -#}
    {%- set path = regex_replace_all(
        "split_part(case when " ~ uri_path ~ " like 'http%' then " ~ regex_capture(uri_path, '(?s)^.{9}[^/]*(/.*)$')
        ~ " else " ~ uri_path ~ " end, '?', 1)",
        '/{2,}', '/'
    ) -%}
    {{ path if version_at_least('0.0.20') else trim_blanks(path) }}
{%- endmacro %}

{% macro language_variant(path) -%}
    {#-
        The language variant that a normalised path asks for; `default` for none, and always with a
        site_profile; `-` for an API.
    -#}
    {%- if site_profile() -%}
    'default'
    {%- else -%}
    case
        when {{ path }} like '/w/api.php%' then '-'
        when {{ path }} in ('/', '/wiki', '/w')
            or {{ regex_matches(path, '^/(api/rest_v' ~ ('' if version_at_least('0.0.20') else '1') ~ '|wiki/|w/)') }}
            then 'default'
        {%- if version_at_least('0.0.20') %}
        when {{ path }} like '/view/%'
            then case
                when {{ path }} like '/view/%/%' then split_part({{ path }}, '/', 3)
                else 'default'
            end
        {%- endif %}
        when split_part({{ path }}, '/', 2) = '' then '-'
        when split_part({{ path }}, '/', 2) like '%-%' then split_part({{ path }}, '/', 2)
        else 'default'
    end
    {%- endif -%}
{%- endmacro %}

{% macro query_parameter(uri_query, name) -%}
    {#- The first value of a query parameter that is not empty, `+` as `_`; '' when there is none. -#}
    replace({{ regex_capture(uri_query, '^[?]?(?:[^&]*&)*?' ~ name ~ '=([^&]+)') }}, '+', '_')
{%- endmacro %}

{% macro is_wiki_path(path) -%}
    {#-
        Whether a path names its page itself, so that a `page` parameter does not count (spec 2.9,
        2).
    -#}
    {%- if site_profile() -%}
    true
    {%- else -%}
    (
        ({{ position_of("'/wiki/'", path) }} > 0 and {{ position_of("'index.'", path) }} = 0)
        or {{ position_of("'/w/index.php/'", path) }} > 0
        or {{ regex_matches(path, '^/api/rest_v1/page/(' ~ app_page_endpoints() | join('|') ~ ')/') }}
    )
    {%- endif -%}
{%- endmacro %}

{% macro title_from_path(path) -%}
    {#- What a normalised path names as its page, still percent-encoded; `-` for nothing. -#}
    {%- if site_profile() -%}
    {{ site_title_from_path(site_profile(), path) }}
    {%- else -%}
    {%- set text = "case when " ~ path ~ " like '#%' then " ~ path ~ " else split_part(" ~ path ~ ", '#', 1) end" -%}
    coalesce(
        {%- for endpoint in app_page_endpoints() %}
        nullif({{ text_after(text, '/api/rest_v1/page/' ~ endpoint ~ '/') }}, ''),
        {%- endfor %}
        nullif({{ text_after(text, '/wiki/') }}, ''),
        nullif({{ text_after(text, '/w/') }}, ''),
        {%- if version_at_least('0.0.20') %}
        case when {{ text }} like '/view/%' then coalesce(nullif({{ regex_capture(text, '([^/]*)$') }}, ''), '-') end,
        {%- endif %}
        nullif({{ regex_capture(text, '(?s)^/[^/]*/(.+)$') }}, ''),
        '-'
    )
    {%- endif -%}
{%- endmacro %}

{% macro app_page_endpoints() -%}
    {#- The endpoints of the REST API from which apps read pages, in the order in which titles ask. -#}
    {%- set endpoints = ['mobile-sections-lead'] -%}
    {%- if version_at_least('0.0.20') -%}{%- do endpoints.append('mobile-sections') -%}{%- endif -%}
    {%- if version_at_least('0.0.23') -%}{%- do endpoints.append('mobile-html') -%}{%- endif -%}
    {{ return(endpoints) }}
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
    {#-
        A decoded title with underscores for blanks; `-` when MediaWiki does not allow it (spec
        2.9), which was not checked before 0.0.21.
    -#}
    {%- if not version_at_least('0.0.21') -%}
        replace({{ title }}, ' ', '_')
    {%- else -%}
    case
        when {{ title }} = ''
            or {{ byte_length(title) }} > 512
            or {{ regex_matches(title, '[#<>{}|\\[\\]\\x00-\\x1F\\x7F]') }}
            then '-'
        else replace({{ title }}, ' ', '_')
    end
    {%- endif -%}
{%- endmacro %}
