{% macro is_mediawiki_time(text) -%}
    {#- Whether a text is a time of MediaWiki that a row may have (S1, S6). -#}
    coalesce(
        {{ regex_matches(text, '^[0-9]{8}([01][0-9]|2[0-3])([0-5][0-9]){2}$') }}
        and {{ text }} >= '1990'
        and {{ timestamp_of_mediawiki(text) }} is not null,
        false
    )
{%- endmacro %}

{% macro history_timestamp(text) -%}
    {#- A time of MediaWiki as histories spell it, `2026-11-01 00:00:00.0`. -#}
    {{ spelled_mediawiki_time(text) }} || '.0'
{%- endmacro %}

{% macro spelled_mediawiki_time(text) -%}
    substr({{ text }}, 1, 4) || '-' || substr({{ text }}, 5, 2) || '-' || substr({{ text }}, 7, 2) || ' '
    || substr({{ text }}, 9, 2) || ':' || substr({{ text }}, 11, 2) || ':' || substr({{ text }}, 13, 2)
{%- endmacro %}

{% macro timestamp_of_mediawiki(text) -%}
    {#- A time of MediaWiki as a timestamp; NULL for a day that no calendar has. -#}
    try_cast({{ spelled_mediawiki_time(text) }} as timestamp)
{%- endmacro %}

{% macro mediawiki_time_of(timestamp) -%}
    {#- A timestamp as MediaWiki writes it, in 14 digits. -#}
    {{ regex_replace_all('substr(cast(' ~ timestamp ~ ' as ' ~ dbt.type_string() ~ '), 1, 19)', '[^0-9]', '') }}
{%- endmacro %}
