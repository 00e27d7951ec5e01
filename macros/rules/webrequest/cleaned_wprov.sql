{% macro cleaned_wprov(x_analytics) -%}
    {#-
        X-Analytics with every `wprov` pair cleaned: no white space around the key, none and no
        control characters before the value, and of it only its leading a-z0-9, cut before an inner
        `http`. A value that begins with `http` is marked by the byte 0x01 while the others are cut.
    -#}
    {%- set white = '[ \\t\\n\\x0b\\f\\r]*' -%}
    {%- set pair = '(^|;)' ~ white ~ '([wW][pP][rR][oO][vV])' ~ white ~ '=[\\x00- ]*' -%}
    {%- set key = '(^|;)([wW][pP][rR][oO][vV])=' -%}
    {%- set http = '[hH][tT][tT][pP]' -%}
    {%- set trimmed = regex_replace_all(x_analytics, pair, '$1$2=') -%}
    {%- set marked = regex_replace_all(trimmed, key ~ '(' ~ http ~ ')', '$1$2=\x01$3') -%}
    {%- set cut = regex_replace_all(marked, key ~ '([^;\x01]*?)' ~ http ~ '[^;]*', '$1$2=$3') -%}
    {%- set cleaned = regex_replace_all(cut, key ~ '\x01?([a-z0-9]*)[^;]*', '$1$2=$3') -%}
    case
        when {{ regex_matches(x_analytics, pair) }} then {{ cleaned }}
        else {{ x_analytics }}
    end
{%- endmacro %}
