{% macro referer_pattern(host, followed_by) -%}
    {#-
        The regular expression of a row of `referer_hosts`: start, scheme, any sub-domains, then the
        host text, then what must follow. A search word, or a part of a host, may stand anywhere in
        the host instead.
    -#}
    {%- set translated = '.*[?].*(prev=search|client=srp)' -%}
    case {{ followed_by }}
        when 'search_word'
            then '^[^:]*://([^/?]*[^e/?]|[^/?]*[^r/?]e|e|[^/?]*[.]pre|[^/?]*[.]secure|)' || {{ wildcard_pattern(host) }}
        when 'within_host' then '^[^/]*//[^/]*' || {{ wildcard_pattern(host) }}
        else
            case
                when {{ followed_by }} like '%host_part' then '^[^:]*://[^/?]*'
                else '^[^:]*://([A-Za-z0-9.-]*[.])?'
            end
            || {{ wildcard_pattern(host) }}
            || case {{ followed_by }}
                when 'country' then '[A-Za-z]{2,3}([.][A-Za-z]{0,3})?(/|$)'
                when 'no_host_character' then '($|[^A-Za-z0-9.])'
                when 'translated_search' then '{{ translated }}'
                when 'translated_host_part' then '{{ translated }}'
                else ''
            end
    end
{%- endmacro %}

{% macro referer_domain(referer) -%}
    {#- The host of a referer: its third part between slashes, cut at `?` or `#` (not in 0.0.19). -#}
    {%- set third = "split_part(" ~ referer ~ ", '/', 3)" -%}
    {{ regex_capture(third, '^[^?#]*', 0) if version_at_least('0.0.20') else third }}
{%- endmacro %}

{% macro is_readable_referer(scheme, between_slashes, domain) -%}
    {#-
        Whether a referer of at least three parts is an address that can be judged: a known scheme,
        two slashes, a host of two labels or more. In 0.0.19 no app is one, and the characters of the
        host do not matter.
    -#}
    {{ between_slashes }} = ''
    {%- if version_at_least('0.0.20') %}
    and {{ scheme }} in ('http:', 'https:', 'android-app:')
    and {{ regex_matches(domain, '^[A-Za-z0-9_.:-]*[A-Za-z][A-Za-z0-9_.:-]*$') }}
    and {{ label_count(domain) }} between 2 and 11
    {%- else %}
    and {{ scheme }} in ('http:', 'https:')
    and {{ label_count(domain) }} >= 2
    {%- endif %}
{%- endmacro %}
