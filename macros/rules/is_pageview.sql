{% macro is_pageview_page(uri_path, uri_query) -%}
    {#- Whether path and query of a web request show a page (spec 2.6 e, without content type). -#}
    (
        {{ regex_matches(uri_path, '^/(wiki|w|v|view|sr|sr-ec|sr-el|zh|zh-(cn|hans|hant|hk|mo|my|sg|tw))/') }}
        or coalesce({{ regex_matches(uri_query, '[?](title|search|curid|oldid)=') }}, false)
    )
    and {{ position_of("'api.php'", uri_path) }} = 0
    and not coalesce({{ regex_matches(uri_query, 'action=(edit|submit)') }}, false)
{%- endmacro %}

{% macro is_html(content_type) -%}
    {#- Whether a content type is one of the five spellings that a page is served with. -#}
    {{ content_type }} in (
        'text/html', 'text/html; charset=iso-8859-1', 'text/html; charset=ISO-8859-1',
        'text/html; charset=utf-8', 'text/html; charset=UTF-8'
    )
{%- endmacro %}

{% macro is_view_status(http_status) -%}
    {#- Whether a page was delivered, or the reader's own copy confirmed. -#}
    {{ http_status }} in ('200', '304')
{%- endmacro %}
