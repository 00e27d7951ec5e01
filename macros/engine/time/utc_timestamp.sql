{% macro utc_timestamp(text) -%}
    {{ return(adapter.dispatch('utc_timestamp')(text)) }}
{%- endmacro %}

{% macro duckdb__utc_timestamp(text) -%}
    case
        when regexp_matches(
            {{ text }},
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([Zz]|[+-]((0[0-9]|1[0-7])(:?[0-5][0-9])?|18(:?00)?))$'
        )
            then try_cast(replace(upper({{ text }}), 'T', ' ') as timestamptz)
    end
{%- endmacro %}

{% macro spark__utc_timestamp(text) -%}
    case
        when {{ text }}
            rlike {{ spark_regex('^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([Zz]|[+-]((0[0-9]|1[0-7])(:?[0-5][0-9])?|18(:?00)?))$') }}
            then try_cast(upper({{ text }}) as timestamp)
    end
{%- endmacro %}
