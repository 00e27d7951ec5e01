{% macro lenient_timestamp(text) -%}
    {{ return(adapter.dispatch('lenient_timestamp')(text)) }}
{%- endmacro %}

{% macro duckdb__lenient_timestamp(text) -%}
    {%- set pattern = '^([0-9]+)-([0-9]+)-([0-9]+)T([0-9]+):([0-9]+):([0-9]+)' -%}
    {%- set numbers = [] -%}
    {%- for place in range(1, 7) -%}
        {%- do numbers.append("try_cast(regexp_extract(" ~ text ~ ", '" ~ pattern ~ "', " ~ place ~ ") as bigint)") -%}
    {%- endfor -%}
    try(
        (
            cast(make_date({{ numbers[0] }} + ({{ numbers[1] }} + 11) // 12 - 1, ({{ numbers[1] }} + 11) % 12 + 1, 1) as timestamp)
            + to_seconds(({{ numbers[2] }} - 1) * 86400 + {{ numbers[3] }} * 3600 + {{ numbers[4] }} * 60 + {{ numbers[5] }})
        ) at time zone 'UTC'
    )
{%- endmacro %}

{% macro spark__lenient_timestamp(text) -%}
    {%- set pattern = '^([0-9]+)-([0-9]+)-([0-9]+)T([0-9]+):([0-9]+):([0-9]+)' -%}
    {%- set numbers = [] -%}
    {%- for place in range(1, 7) -%}
        {%- do numbers.append('try_cast(regexp_extract(' ~ text ~ ", '" ~ pattern ~ "', " ~ place ~ ') as bigint)') -%}
    {%- endfor -%}
    cast(
        unix_date(make_date(try_cast({{ numbers[0] }} + ({{ numbers[1] }} + 11) div 12 - 1 as int), try_cast(({{ numbers[1] }} + 11) % 12 + 1 as int), 1)) * 86400
        + ({{ numbers[2] }} - 1) * 86400 + {{ numbers[3] }} * 3600 + {{ numbers[4] }} * 60 + {{ numbers[5] }}
        as timestamp
    )
{%- endmacro %}
