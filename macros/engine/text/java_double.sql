{% macro java_double(text) -%}
    {{ return(adapter.dispatch('java_double')(text)) }}
{%- endmacro %}

{% macro duckdb__java_double(text) -%}
    {%- set bare = "regexp_replace(regexp_replace(" ~ text ~ ", '^[\\x00- ]+', ''), '[\\x00- ]+$', '')" -%}
    {%- set hex = '^[+-]?0[xX]0*([0-9a-fA-F]*)[.]?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)[dDfF]?$' -%}
    {%- set digits = "ltrim(regexp_extract(" ~ bare ~ ", '" ~ hex ~ "', 1) || regexp_extract(" ~ bare ~ ", '" ~ hex ~ "', 2), '0')" -%}
    {%- set exponent = "coalesce(try_cast(regexp_extract(" ~ bare ~ ", '" ~ hex ~ "', 3) as integer), 0)" -%}
    case
        when regexp_matches({{ bare }}, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[dDfF]?$')
            then try_cast(regexp_extract({{ bare }}, '^([^dDfF]*)', 1) as double)
        when regexp_matches({{ bare }}, '^[+-]?0[xX]([0-9a-fA-F]+[.]?[0-9a-fA-F]*|[.][0-9a-fA-F]+)[pP][+-]?[0-9]+[dDfF]?$')
            then
                case when starts_with({{ bare }}, '-') then -1.0 else 1.0 end
                * cast(coalesce(try_cast('0x' || left({{ digits }}, 15) as bigint), 0) as double)
                * pow(2.0, least(greatest(
                    {{ exponent }} - 4.0 * length(regexp_extract({{ bare }}, '{{ hex }}', 2))
                    + 4.0 * (length({{ digits }}) - length(left({{ digits }}, 15))), -1000.0), 900.0))
    end
{%- endmacro %}

{% macro spark__java_double(text) -%}
    {%- set number = '^[\\x00- ]*[+-]?(([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|0[xX]([0-9a-fA-F]+[.]?[0-9a-fA-F]*|[.][0-9a-fA-F]+)[pP][+-]?[0-9]+)[dDfF]?[\\x00- ]*$' -%}
    case
        when {{ text }} rlike {{ spark_regex(number) }} then try_cast({{ text }} as double)
    end
{%- endmacro %}
