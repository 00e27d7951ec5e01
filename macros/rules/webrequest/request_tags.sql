{% macro request_tags() -%}
    {#-
        The tags of a request of int_webrequest__classified (alias `requests`), only where something was
        delivered: pageview, portal, and the parts of Wikidata (spec 2.14). In 0.0.19 there is neither
        `pageview` nor `wikidata`.
    -#}
    {%- set later_tags = [
        "case when requests.is_pageview then 'pageview' end",
        "case when " ~ position_of("'wikidata'", 'requests.trimmed_host') ~ " > 0 then 'wikidata' end",
    ] if version_at_least('0.0.20') else [] -%}
    case
        when {{ is_view_status('requests.http_status') }}
            then {{ array_without_nulls(later_tags + [
                "case when requests.uri_path = '/' and requests.is_portal_host and requests.content_type like 'text/html%' then 'portal' end",
                "case when requests.trimmed_host = 'query.wikidata.org' then 'wikidata-query' end",
                "case when requests.trimmed_host = 'query.wikidata.org' and " ~ regex_matches('requests.uri_path', '^/(sparql|bigdata/namespace/wdq/sparql)') ~ " then 'sparql' end",
                "case when requests.trimmed_host = 'query.wikidata.org' and requests.uri_path like '/bigdata/ldf%' then 'ldf' end",
            ]) }}
        else {{ empty_text_array() }}
    end
{%- endmacro %}
