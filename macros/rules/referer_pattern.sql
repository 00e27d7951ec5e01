{% macro referer_pattern(host, followed_by) -%}
    {#-
        The regular expression of a row of `referer_hosts`: start, scheme, any sub-domains, then the
        host text, then what must follow. A search word instead must stand in the host itself.
    -#}
    case {{ followed_by }}
        when 'search_word'
            then '^[^:]*://([^/?]*[^e/?]|[^/?]*[^r/?]e|e|[^/?]*[.]pre|[^/?]*[.]secure|)' || {{ host }}
        else
            '^[^:]*://([A-Za-z0-9.-]*[.])?'
            || {{ wildcard_pattern(host) }}
            || case {{ followed_by }}
                when 'country' then '[A-Za-z]{2,3}([.][A-Za-z]{0,3})?(/|$)'
                when 'no_host_character' then '($|[^A-Za-z0-9.])'
                when 'translated_search' then '.*[?].*(prev=search|client=srp)'
                else ''
            end
    end
{%- endmacro %}
