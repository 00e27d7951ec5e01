{% macro java_double(text) -%}
    {{ return(adapter.dispatch('java_double')(text)) }}
{%- endmacro %}

{% macro duckdb__java_double(text) -%}
    {#- Each pattern takes the blanks around the number along, so that the text is named a few times only. -#}
    {%- set decimal = '^[\\x00- ]*([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?)[dDfF]?[\\x00- ]*$' -%}
    {%- set is_hex = '^[\\x00- ]*[+-]?0[xX]([0-9a-fA-F]+[.]?[0-9a-fA-F]*|[.][0-9a-fA-F]+)[pP][+-]?[0-9]+[dDfF]?[\\x00- ]*$' -%}
    {%- set hex = '^[\\x00- ]*([+-]?)0[xX]0*([0-9a-fA-F]*)[.]?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)[dDfF]?[\\x00- ]*$' -%}
    {%- set digits = "ltrim(regexp_replace(" ~ text ~ ", '" ~ hex ~ "', '\\2\\3'), '0')" -%}
    case
        when regexp_matches({{ text }}, '{{ decimal }}')
            then try_cast(regexp_extract({{ text }}, '{{ decimal }}', 1) as double)
        when regexp_matches({{ text }}, '{{ is_hex }}')
            then
                case when regexp_extract({{ text }}, '{{ hex }}', 1) = '-' then -1.0 else 1.0 end
                * cast(coalesce(try_cast('0x' || left({{ digits }}, 15) as bigint), 0) as double)
                * pow(2.0, least(greatest(
                    coalesce(try_cast(regexp_extract({{ text }}, '{{ hex }}', 4) as integer), 0)
                    - 4.0 * length(regexp_extract({{ text }}, '{{ hex }}', 3))
                    + 4.0 * greatest(length({{ digits }}) - 15, 0), -1000.0), 900.0))
    end
{%- endmacro %}

{% macro spark__java_double(text) -%}
    {%- set number = '^[\\x00- ]*[+-]?(([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|0[xX]([0-9a-fA-F]+[.]?[0-9a-fA-F]*|[.][0-9a-fA-F]+)[pP][+-]?[0-9]+)[dDfF]?[\\x00- ]*$' -%}
    case
        when {{ text }} rlike {{ spark_regex(number) }} then try_cast({{ text }} as double)
    end
{%- endmacro %}
