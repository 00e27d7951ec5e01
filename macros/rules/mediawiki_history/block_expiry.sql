{% macro block_expiry(duration, at) -%}
    {#-
        When a block ends, by its duration as the administrator gave it and the time at which it
        began: a time of MediaWiki or `indefinite`; NULL when it cannot be read (UE5).
    -#}
    {%- set units = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800, 'month': 2592000, 'year': 31536000} -%}
    {%- set blank = '[ \\t\\n\\f\\r\\x0B]' -%}
    {%- set pieces = joined(regex_capture_all(trim_blanks(duration), '[0-9]+' ~ blank ~ '[a-z]+'), '|') -%}
    {%- set piece = '[0-9]{1,9}' ~ blank ~ '(?:' ~ units | join('|') ~ ')s?' -%}
    {%- set terms = [] -%}
    {%- for unit, seconds in units.items() -%}
        {%- do terms.append(seconds ~ ' * (' ~ sum_of_texts(regex_capture_all(pieces, '([0-9]+)' ~ blank ~ unit, 1)) ~ ' % 4294967296)') -%}
    {%- endfor -%}
    case
        when {{ trim_blanks(duration) }} in ('indefinite', 'infinite', 'never', '') then 'indefinite'
        when {{ regex_matches(pieces, '^' ~ piece ~ '(?:[|]' ~ piece ~ ')*$') }}
            then {{ mediawiki_time_of(seconds_later(timestamp_of_mediawiki(at), wrapped_to_32_bits(terms | join(' + ')))) }}
        else {{ expiry_by_date(duration, at) }}
    end
{%- endmacro %}

{% macro wrapped_to_32_bits(number) -%}
    {#- A whole number as it is left in 32 bits: long durations wrap around. -#}
    ((({{ number }} + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648)
{%- endmacro %}

{% macro expiry_by_date(text, at) -%}
    {#- When a block ends, by a date in one of five forms; NULL for every other text. -#}
    {%- set clock = '([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})' -%}
    {%- set iso = '^([0-9]{1,9})-([0-9]{1,2})-([0-9]{1,2})[Tt]' ~ clock ~ '(?:[Zz]|([+-][0-9]{2}):?([0-9]{2})?)?$' -%}
    {%- set names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] -%}
    {%- set weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] -%}
    {%- set month = '(' ~ in_three_cases(names) ~ ')' -%}
    {%- set day = '([0-9]{1,2}) ' ~ month ~ ' ([0-9]{1,9})' -%}
    {%- set english = '^(?:(' ~ in_three_cases(weekdays) ~ '), )?' ~ day ~ ' ' ~ clock ~ ' (?:GMT|gmt|Gmt|gMT|gmT|GmT|GMt|gMt)$' -%}
    {%- set short = '^' ~ day ~ '$' -%}
    {%- set hour = '^([0-9]{1,2}):([0-9]{1,2})$' -%}
    case
        when {{ regex_matches(text, iso) }}
            then {{ expiry_of_parts(
                regex_capture(text, iso, 1), regex_capture(text, iso, 2), regex_capture(text, iso, 3),
                [regex_capture(text, iso, 4), regex_capture(text, iso, 5), regex_capture(text, iso, 6)],
                offset=[regex_capture(text, iso, 7), regex_capture(text, iso, 8)]
            ) }}
        when {{ regex_matches(text, english) }}
            then {{ expiry_of_parts(
                regex_capture(text, english, 4), number_of_name(regex_capture(text, english, 3), names), regex_capture(text, english, 2),
                [regex_capture(text, english, 5), regex_capture(text, english, 6), regex_capture(text, english, 7)],
                weekday=number_of_name(regex_capture(text, english, 1), weekdays)
            ) }}
        when {{ regex_matches(text, short) }}
            then {{ expiry_of_parts(
                regex_capture(text, short, 3), number_of_name(regex_capture(text, short, 2), names), regex_capture(text, short, 1),
                ["'0'", "'0'", "'0'"]
            ) }}
        when {{ regex_matches(text, hour) }}
            then {{ expiry_of_parts(
                'substr(' ~ at ~ ', 1, 4)', 'substr(' ~ at ~ ', 5, 2)', 'substr(' ~ at ~ ', 7, 2)',
                [regex_capture(text, hour, 1), regex_capture(text, hour, 2), "'0'"]
            ) }}
    end
{%- endmacro %}

{% macro in_three_cases(names) -%}
    {#- Names as a pattern: as written, all lower or all upper case. -#}
    {%- set forms = [] -%}
    {%- for name in names %}{% do forms.extend([name, name | lower, name | upper]) %}{% endfor -%}
    {{ return(forms | join('|')) }}
{%- endmacro %}

{% macro number_of_name(text, names) -%}
    {#- The place of a name in a list, from 1, as text; NULL when it is none of them. -#}
    case lower({{ text }}){% for name in names %} when '{{ name | lower }}' then '{{ loop.index }}'{% endfor %} end
{%- endmacro %}

{% macro expiry_of_parts(year, month, day, clock, offset=none, weekday=none) -%}
    {#-
        A time of MediaWiki of the parts of a date, all texts. Engines know no year beyond 9999, so
        the day is computed in a year near 2000 that has the same calendar.
    -#}
    {%- set years = 'try_cast(' ~ year ~ ' as bigint)' -%}
    {%- set begin = 'try_cast(cast(2000 + ' ~ years ~ ' % 400 as ' ~ dbt.type_string() ~ ") || '-' || lpad(" ~ month ~ ", 2, '0') || '-' || lpad(" ~ day ~ ", 2, '0') as timestamp)" -%}
    {%- set numbers = [] -%}
    {%- for part in clock %}{% do numbers.append('try_cast(' ~ part ~ ' as bigint)') %}{% endfor -%}
    {%- set seconds = [numbers[0] ~ ' * 3600', numbers[1] ~ ' * 60', numbers[2]] -%}
    {%- if offset -%}
        {%- do seconds.append('- coalesce(try_cast(' ~ offset[0] ~ ' as bigint), 0) * 3600') -%}
        {%- do seconds.append("- coalesce(try_cast(substr(" ~ offset[0] ~ ", 1, 1) || " ~ offset[1] ~ " as bigint), 0) * 60") -%}
    {%- endif -%}
    {%- if weekday -%}
        {%- set begin = 'coalesce(' ~ seconds_later("date_trunc('week', " ~ begin ~ ')', '(try_cast(' ~ weekday ~ ' as bigint) - 1) * 86400') ~ ', ' ~ begin ~ ')' -%}
    {%- endif -%}
    {%- set moment = seconds_later(begin, '(' ~ seconds | join(' + ') ~ ')') -%}
    case
        when {{ numbers[0] }} < 24 and {{ numbers[1] }} < 60 and {{ numbers[2] }} < 60
            then lpad(cast(cast(year({{ moment }}) as bigint) - 2000 - {{ years }} % 400 + {{ years }} as {{ dbt.type_string() }}), cast(greatest(4, length(cast({{ years }} as {{ dbt.type_string() }}))) as integer), '0')
                || substr({{ mediawiki_time_of(moment) }}, 5)
    end
{%- endmacro %}
