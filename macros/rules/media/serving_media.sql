{% macro served_referer(referer) -%}
    {#- A referer of mediarequest as serving tables write it. -#}
    case when {{ referer }} = 'external (search engine)' then 'search-engine' else {{ referer }} end
{%- endmacro %}

{% macro is_poster(transcoding) -%}
    {#- Whether an image of a certain width was sent of a file, not the file itself. -#}
    coalesce({{ regex_matches(transcoding, '^image.+') }}, false)
{%- endmacro %}
