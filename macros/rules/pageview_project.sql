{% macro pageview_project(host) -%}
    {#-
        The project of a pageview from its lower-case host: `en.wikipedia` of `en.m.wikipedia.org`,
        `wikidata` of `www.wikidata.org`; `-` for one label, more than five, or over 800 characters.
    -#}
    {%- set raw_host = host -%}
    {%- set host = regex_replace_all(host, '[.]+$', '') -%}
    {%- set labels = label_count(host) -%}
    {%- set first = "split_part(" ~ host ~ ", '.', 1)" -%}
    case
        when {{ raw_host }} is null or length({{ raw_host }}) > 800 then '-'
        when {{ labels }} = 2 then {{ first }}
        when {{ labels }} in (3, 4, 5)
            then case when {{ first }} in ({{ host_qualifiers() }}) then '' else {{ first }} || '.' end
                || split_part({{ host }}, '.', -2)
        else '-'
    end
{%- endmacro %}
