{% macro is_api_request(uri_host, uri_path) -%}
    {#- Whether a request goes to an API: by path on any wiki, or by the host of an API (spec 2.8). -#}
    coalesce({{ regex_matches(uri_path, '^/(w/(api|rest)[.]php|api/rest_v[0-9])') }}, false)
    or coalesce({{ uri_host }} = 'api.wikimedia.org', false)
    or coalesce({{ uri_host }} = 'query.wikidata.org' and {{ uri_path }} like '/bigdata/namespace/wdq/sparql%', false)
    or coalesce({{ uri_host }} = 'commons-query.wikimedia.org' and {{ uri_path }} like '/sparql%', false)
    or coalesce({{ uri_host }} = 'stream.wikimedia.org' and {{ uri_path }} like '/v2/stream%', false)
{%- endmacro %}
