{% macro source_log_params() -%}
    {#- The parameters of a log row as a map of texts (L2). -#}
    case
        when log_params is null then {{ empty_text_map() }}
        when parameters.entries is not null then parameters.entries
        else {{ map_of_one('unparsed', 'log_params') }}
    end
{%- endmacro %}
