{% macro lenient_timestamp(text) -%}
    {{ return(adapter.dispatch('lenient_timestamp')(text)) }}
{%- endmacro %}

{% macro duckdb__lenient_timestamp(text) -%}
    {#-
        Sums of 128 bits, which cannot overflow: DuckDB computes what is there twice before, outside
        of try().
    -#}
    {%- set pattern = '^([0-9]+)-([0-9]+)-([0-9]+)T([0-9]+):([0-9]+):([0-9]+)' -%}
    {%- set numbers = [] -%}
    {%- for place in range(1, 7) -%}
        {%- do numbers.append("cast(try_cast(regexp_extract(" ~ text ~ ", '" ~ pattern ~ "', " ~ place ~ ") as bigint) as hugeint)") -%}
    {%- endfor -%}
    {%- set year = numbers[0] ~ ' + (' ~ numbers[1] ~ ' + 11) // 12 - 1' -%}
    {%- set month = '(' ~ numbers[1] ~ ' + 11) % 12 + 1' -%}
    {%- set seconds = '(' ~ numbers[2] ~ ' - 1) * 86400 + ' ~ numbers[3] ~ ' * 3600 + ' ~ numbers[4] ~ ' * 60 + ' ~ numbers[5] -%}
    try(
        (
            cast(make_date(try_cast({{ year }} as bigint), try_cast({{ month }} as bigint), 1) as timestamp)
            + to_seconds(try_cast({{ seconds }} as bigint))
        ) at time zone 'UTC'
    )
{%- endmacro %}

{% macro spark__lenient_timestamp(text) -%}
    {#-
        NULL beyond what a timestamp can be, as DuckDB's try() makes it. Spark would wrap around, or
        stop the query: in ANSI mode, and at a year whose days do not fit into 32 bits in any mode.
    -#}
    {%- set pattern = '^([0-9]+)-([0-9]+)-([0-9]+)T([0-9]+):([0-9]+):([0-9]+)' -%}
    {%- set numbers = [] -%}
    {%- for place in range(1, 7) -%}
        {%- do numbers.append('try_cast(regexp_extract(' ~ text ~ ", '" ~ pattern ~ "', " ~ place ~ ') as bigint)') -%}
    {%- endfor -%}
    {%- set month = 'try_add(' ~ numbers[1] ~ ', 11L)' -%}
    {%- set year = 'try_add(' ~ numbers[0] ~ ', ' ~ month ~ ' div 12 - 1)' -%}
    {%- set days = 'unix_date(make_date(cast(' ~ year ~ ' as int), cast(' ~ month ~ ' % 12 + 1 as int), 1))' -%}
    {%- set start = 'case when ' ~ year ~ ' <= 294247 then ' ~ days ~ ' * 86400L end' -%}
    {%- set in_days = 'try_multiply(' ~ numbers[2] ~ ' - 1, 86400L)' -%}
    {%- set in_hours = 'try_multiply(' ~ numbers[3] ~ ', 3600L)' -%}
    {%- set in_minutes = 'try_multiply(' ~ numbers[4] ~ ', 60L)' -%}
    {%- set seconds = 'try_add(try_add(' ~ in_days ~ ', ' ~ in_hours ~ '), try_add(' ~ in_minutes ~ ', ' ~ numbers[5] ~ '))' -%}
    {%- set last = '9223372036854L' -%}
    case
        when {{ start }} <= {{ last }} and {{ seconds }} <= {{ last }} and {{ start }} + {{ seconds }} <= {{ last }}
            then cast({{ start }} + {{ seconds }} as timestamp)
    end
{%- endmacro %}
