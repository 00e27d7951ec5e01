{% macro cache_outcome(cache_status) -%}
    {#- What a cache did with a request, in five words. -#}
    case
        when {{ cache_status }} in ('hit-front', 'hit-local') then 'hit'
        when {{ cache_status }} in ('int-front', 'int-local', 'int-tls') then 'int'
        when {{ cache_status }} in ('pass', 'miss') then {{ cache_status }}
        else 'unknown'
    end
{%- endmacro %}

