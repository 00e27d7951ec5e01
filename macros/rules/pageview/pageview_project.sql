{% macro pageview_project(host) -%}
    {#-
        The project of a pageview from its lower-case host: `en.wikipedia` of `en.m.wikipedia.org`,
        `wikidata` of `www.wikidata.org`; `-` for one label, more than five, or (not in 0.0.19)
        over 800 characters.
    -#}
    {%- set raw_host = host -%}
    {%- set host = regex_replace_all(host, '[.]+$', '') -%}
    {%- set labels = label_count(host) -%}
    {%- set first = "split_part(" ~ host ~ ", '.', 1)" -%}
    case
        when {{ raw_host }} is null then '-'
        {%- if version_at_least('0.0.20') %}
        when length({{ raw_host }}) > 800 then '-'
        {%- endif %}
        when {{ labels }} = 2 then {{ first }}
        when {{ labels }} in (3, 4, 5)
            then case when {{ first }} in ({{ host_qualifiers() }}) then '' else {{ first }} || '.' end
                || split_part({{ host }}, '.', -2)
        else '-'
    end
{%- endmacro %}

{% macro tested_host(trimmed_host) -%}
    {#-
        The host as the pageview definition tests it, from its lower-case trimmed form: without one
        trailing dot since 2025-03-25, and null when longer than 800 characters (not in 0.0.19).
    -#}
    {%- set host = regex_replace_all(trimmed_host, '[.]$', '') if version_at_least('0.0.26+20250325') else trimmed_host -%}
    {%- if version_at_least('0.0.20') -%}
        case when length({{ trimmed_host }}) <= 800 then {{ host }} end
    {%- else -%}
        {{ host }}
    {%- endif -%}
{%- endmacro %}
