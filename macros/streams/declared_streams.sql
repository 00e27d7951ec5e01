{# Written by `wikilake streams sync`. #}

{% macro declared_streams() -%}
    {{ return(['mediawiki_api_request', 'mediawiki_client_session_tick', 'virtualpageview']) }}
{%- endmacro %}
