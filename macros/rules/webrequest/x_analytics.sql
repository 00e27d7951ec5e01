{% macro cleaned_x_analytics(x_analytics) -%}
    {#- The header from which its map is made: since 2026-05-15 with its `wprov` cleaned. -#}
    {{ cleaned_wprov(x_analytics) if version_at_least('0.0.26+20260515') else x_analytics }}
{%- endmacro %}

{% macro cleaned_wprov(x_analytics) -%}
    {#-
        X-Analytics with every `wprov` pair cleaned: no white space around the key, no white space
        or control characters before the value, and only the leading a-z0-9 of the value, cut before
        an inner `http`. A value that begins with `http` is marked by the byte 0x01 while the others
        are cut.
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

{% macro x_analytics_map(cleaned) -%}
    {#-
        The header as a map (spec 2.3); null where it is null or `-`. In 0.0.19 empty pieces at the
        end do not count, so `;` gives an empty map; a wholly empty text still has the key ''.
    -#}
    {%- if version_at_least('0.0.20') -%}
        case when {{ cleaned }} <> '-' then {{ str_to_map(cleaned, ';', '=') }} end
    {%- else -%}
        case
            when {{ cleaned }} is null or {{ cleaned }} = '-' then null
            when {{ regex_matches(cleaned, '^;+$') }} then {{ empty_text_map() }}
            else {{ str_to_map(regex_replace_all(cleaned, ';+$', ''), ';', '=') }}
        end
    {%- endif -%}
{%- endmacro %}

{% macro x_analytics_value(x_analytics, x_analytics_map, key) -%}
    {#-
        What X-Analytics says of a key to the pageview definition, trimmed; '' or null for nothing.
        In 0.0.19 it is not read from the map: the first occurrence of the key's letters counts,
        even within another key or a value; one character is skipped, and a `;` ends it.
    -#}
    {%- if version_at_least('0.0.20') -%}
        {{ trim_blanks(map_value(x_analytics_map, key)) }}
    {%- else -%}
        {%- set place = position_of("'" ~ key ~ "'", x_analytics) -%}
        case
            when {{ place }} > 0
                then {{ trim_blanks("substr(split_part(substr(" ~ x_analytics ~ ", " ~ place ~ "), ';', 1), " ~ (key | length + 2) ~ ")") }}
            else ''
        end
    {%- endif -%}
{%- endmacro %}

{% macro is_preview(preview, is_accepted_special_page) -%}
    {#-
        Whether a request was a preview, not reading. Since X-Analytics tells special pages, every
        value counts that no accepted special page outweighs; before, only 1.
    -#}
    {%- if version_at_least('0.0.21+20190718') -%}
        coalesce({{ preview }} = '1' or ({{ preview }} <> '' and not {{ is_accepted_special_page }}), false)
    {%- else -%}
        coalesce({{ preview }} = '1', false)
    {%- endif -%}
{%- endmacro %}

{% macro is_debug(debug, is_accepted_special_page) -%}
    {#- Whether a request was a developer's, which has not counted since 2021-02-01. -#}
    {%- if version_at_least('0.0.24+20210201') -%}
        coalesce({{ debug }} = '1' or ({{ debug }} <> '' and not {{ is_accepted_special_page }}), false)
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro x_analytics_number(value) -%}
    {#-
        A number of X-Analytics, its fraction cut off; null for none. In 0.0.19 it must have no
        blanks.
    -#}
    {%- if version_at_least('0.0.20') -%}
        {{ spark_bigint(value) }}
    {%- else -%}
        case when {{ regex_matches(value, '^[^\x00- ]*$') }} then {{ spark_bigint(value) }} end
    {%- endif -%}
{%- endmacro %}

{% macro is_zero(x_analytics_map) -%}
    {#- Whether the request came free of charge: key `zero` with a value. Null since the programme ended. -#}
    {%- if version_at_least('0.0.20') -%}
        cast(null as boolean)
    {%- else -%}
        coalesce({{ map_value(x_analytics_map, 'zero') }} is not null, false)
    {%- endif -%}
{%- endmacro %}

{% macro zero_carrier(x_analytics_map) -%}
    {#- The carrier that paid for the request. Null since the programme ended. -#}
    {%- if version_at_least('0.0.20') -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        {{ map_value(x_analytics_map, 'zero') }}
    {%- endif -%}
{%- endmacro %}
