{% macro actor_id(x_analytics_map, uri_query) -%}
    {#-
        What distinguishes the users of one app: X-Analytics `wmfuuid` when the key is there (the
        text `null` when it has no value), else the `appInstallID` of the query, else ''.
    -#}
    {%- set start = position_of("'appInstallID'", uri_query) -%}
    case
        when {{ map_has_key(x_analytics_map, 'wmfuuid') }}
            then coalesce({{ map_value(x_analytics_map, 'wmfuuid') }}, 'null')
        when {{ start }} > 1
            then substr(split_part(substr({{ uri_query }}, {{ start }}), '&', 1), {{ 'appInstallID=' | length + 1 }})
        else ''
    end
{%- endmacro %}

{% macro actor_signature(ip, user_agent, accept_language, site, actor_id) -%}
    {#-
        A pseudonym of whoever sent a request: the md5 of address, user agent, language, site and
        app id. Null when one of the first four is. Only as many bytes are hashed as the text has
        UTF-16 units, so the end of a text beyond ASCII does not count (spec 8).
        With a key file it is the HMAC-SHA-256 of the whole text instead, so that nobody without the
        key can find its owner by trying addresses. No key appears in SQL.
    -#}
    {%- set text = [ip, user_agent, accept_language, site, actor_id] | join(' || ') -%}
    {%- if env_var('WIKILAKE_ACTOR_KEY_FILE', '') -%}
        keyed_signature({{ text }}, {{ hour_text() }})
    {%- else -%}
        {{ md5_of_utf16_count_bytes(text) }}
    {%- endif -%}
{%- endmacro %}

{% macro signed_language(accept_language) -%}
    {#-
        The languages in a signature. Access logs of other sites often lack them, so that there they
        do not stand in the way of one; Wikimedia's caches log `-`.
    -#}
    {{ accept_language if site_profile() is none else "coalesce(" ~ accept_language ~ ", '')" }}
{%- endmacro %}
