{% macro is_view_status(http_status) -%}
    {#- Whether a page was delivered, or the reader's own copy confirmed. -#}
    {{ http_status }} in ('200', '304')
{%- endmacro %}

{% macro is_html(content_type) -%}
    {#-
        Whether a content type is one of the five spellings that a page is served with; HTML as a
        site_profile has it, where one is chosen.
    -#}
    {%- if site_profile() -%}
    {{ site_is_html(site_profile(), content_type) }}
    {%- else -%}
    {{ content_type }} in (
        'text/html', 'text/html; charset=iso-8859-1', 'text/html; charset=ISO-8859-1',
        'text/html; charset=utf-8', 'text/html; charset=UTF-8'
    )
    {%- endif -%}
{%- endmacro %}

{% macro is_api_path(uri_path) -%}
    {#- Whether a path leads to the action API, or to what else a site_profile refuses. -#}
    {%- if site_profile() -%}
    {{ site_is_api_path(site_profile(), uri_path) }}
    {%- else -%}
    ({{ position_of("'api.php'", uri_path) }} > 0)
    {%- endif -%}
{%- endmacro %}

{% macro names_a_page(uri_path, uri_query) -%}
    {#- Whether path or query say which page is asked for (spec 2.6 e, or a site_profile). -#}
    {%- if site_profile() -%}
    ({{ site_names_a_page(site_profile(), uri_path, uri_query) }})
    {%- else -%}
    {%- set views = '|v|view' if version_at_least('0.0.20') else '' -%}
    (
        {{ regex_matches(uri_path, '^/(wiki|w' ~ views ~ '|sr|sr-ec|sr-el|zh|zh-(cn|hans|hant|hk|mo|my|sg|tw))/') }}
        or coalesce({{ regex_matches(uri_query, '[?](title|search|curid|oldid)=') }}, false)
    )
    {%- endif -%}
{%- endmacro %}

{% macro is_wanted_action(uri_query) -%}
    {#- Whether a query asks for reading, not for editing; a missing one does not ask for editing. -#}
    {%- if site_profile() -%}
    ({{ site_is_wanted_action(site_profile(), uri_query) }})
    {%- else -%}
    not coalesce({{ regex_matches(uri_query, 'action=(edit|submit)') }}, false)
    {%- endif -%}
{%- endmacro %}

{% macro is_special_page(is_app_view) -%}
    {#-
        Whether a request is for a special page that is not accepted. X-Analytics says so since
        2019-07-18; before, some words in path or query did, and those of an app did not matter.
    -#}
    {%- if site_profile() -%}
        is_refused_special_page or {{ site_is_special_page(site_profile(), 'uri_path', 'uri_query') }}
    {%- elif version_at_least('0.0.21+20190718') -%}
        is_refused_special_page
    {%- else -%}
        not ({{ is_app_view }}) and (
            {{ regex_matches('uri_path', 'BannerRandom|HideBanners|CentralAutoLogin|MobileEditor|UndefinedMobileMenu|BlankPage|UserLogin|ZeroRatedMobileAccess') }}
            or coalesce({{ regex_matches('uri_query', 'CentralAutoLogin|MobileEditor|UserLogin|ZeroRatedMobileAccess') }}, false)
        )
    {%- endif -%}
{%- endmacro %}

{% macro is_app_user_agent(user_agent) -%}
    {#- Whether a user agent is one of the apps whose views follow a rule of their own. -#}
    {%- if version_at_least('0.0.23+20200730') -%}
        coalesce({{ position_of("'WikipediaApp'", user_agent) }} > 0, false)
    {%- else -%}
        coalesce({{ regex_matches(user_agent, 'WikipediaApp|Wikipedia/5[.]0[.]') }}, false)
    {%- endif -%}
{%- endmacro %}

{% macro is_app_view() -%}
    {#-
        Whether the conditions on web pages do not concern a request because it is an app's. Until
        2020-07-30 only JSON with the tag, or from the API with sections of a page, was one; any
        other request of an app could be a view of the web. In the last months before, also a page
        for KaiOS, and HTML from mobile-html.
    -#}
    {%- if version_at_least('0.0.23+20200730') -%}
        is_wikipedia_app
    {%- else -%}
        (is_wikipedia_app and coalesce(
            {{ position_of("'application/json'", 'content_type') }} > 0
            and (
                is_tagged_pageview
                or coalesce({{ position_of("'api.php'", 'uri_path') }} > 0 and (
                    {{ position_of("'sections=0'", 'uri_query') }} > 0
                    or ({{ position_of("'sections=all'", 'uri_query') }} > 0 and {{ regex_matches('user_agent', 'iPhone|iOS') }})
                ), false)
                or {{ is_kaios_view() }}
            ), false
        ) {%- if version_at_least('0.0.23') %} or coalesce(
            {{ position_of("'WikipediaApp'", 'user_agent') }} > 0
            and {{ position_of("'text/html'", 'content_type') }} > 0
            and {{ position_of("'/page/mobile-html/'", 'uri_path') }} > 0, false
        ) {%- endif %})
    {%- endif -%}
{%- endmacro %}

{% macro is_kaios_view() -%}
    {#- Whether an app's path is one of the app for KaiOS, whose views had no tag: 2020-03-18 to 2023-09-18. -#}
    {%- if version_at_least('0.0.22+20200318') and not version_at_least('0.0.26+20230919') -%}
        coalesce(
            {{ position_of("'WikipediaApp'", 'user_agent') }} > 0
            and {{ position_of("'/api/rest_v'", 'uri_path') }} > 0
            and {{ position_of("'/page/mobile-sections/'", 'uri_path') }} > 0, false
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro has_tag_if_app() -%}
    {#- Whether an app's request carries the tag `pageview`; without it, it was no view since 2020-07-30. -#}
    {%- if version_at_least('0.0.23+20200730') -%}
        not is_wikipedia_app or is_tagged_pageview or {{ is_kaios_view() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
