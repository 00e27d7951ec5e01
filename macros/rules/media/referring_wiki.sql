{% macro referring_labels(referer) -%}
    {#-
        What stands between the dots of a referer without its scheme, in lower case; as in the
        original this includes the path, so that a dot there spoils it.
    -#}
    {{ lower_unicode(regex_replace_all(referer, '^https?://', '')) }}
{%- endmacro %}

{% macro referring_family(labels) -%}
    {#- The family of projects of a referer: the label before the last of two to five; '' for none. -#}
    case
        when {{ label_count(labels) }} between 2 and 5 and length({{ labels }}) <= 800
            then split_part({{ labels }}, '.', -2)
        else ''
    end
{%- endmacro %}

{% macro referring_project(labels) -%}
    {#- The project of a referer, like `en.wikipedia`, or `wikidata` for a site of one project. -#}
    case
        when {{ label_count(labels) }} < 3 or split_part({{ labels }}, '.', 1) in ({{ host_qualifiers() }})
            then {{ referring_family(labels) }}
        else split_part({{ labels }}, '.', 1) || '.' || {{ referring_family(labels) }}
    end
{%- endmacro %}
