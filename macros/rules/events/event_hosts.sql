{% macro event_host(host) -%}
    {#- A host as the test for own domains reads it: lower case, no dots at its end, not too long. -#}
    case when {{ utf16_length(host) }} <= 800 then {{ regex_replace_all(lower_unicode(host), '[.]+$', '') }} end
{%- endmacro %}

{% macro last_two_labels(host) -%}
    {#- The last two labels of a host, '' or null where it has fewer. -#}
    {{ regex_capture(host, '([^.]+[.][^.]+)$') }}
{%- endmacro %}

{% macro is_kept_domain(host, is_own) -%}
    {#- Whether a legacy event with this host is kept: nothing, a translating proxy, or our own. -#}
    ({{ host }} is null or {{ host }} = '' or {{ is_own }} or {{ regex_matches(lower_unicode(host), '(?s)translate.google') }})
{%- endmacro %}

{% macro event_normalized_host(normalized, sources) -%}
    {#- The struct normalized_host; all of it null for streams without a field for the host. -#}
    {%- set parts = {
        'project_class': normalized_project_family(normalized),
        'project': normalized_project(normalized),
        'qualifiers': "case when " ~ normalized_qualifiers(normalized) ~ " = '' then " ~ empty_text_array()
            ~ ' else ' ~ split_to_array(normalized_qualifiers(normalized), '.') ~ ' end',
        'tld': normalized_tld(normalized),
        'project_family': normalized_project_family(normalized),
    } -%}
    {%- set members = {} -%}
    {%- for name, value in parts.items() -%}
        {%- do members.update({name: value if sources else 'case when false then ' ~ value ~ ' end'}) -%}
    {%- endfor -%}
    {{ struct_of(members) }}
{%- endmacro %}
