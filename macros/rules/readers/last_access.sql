{% macro last_access(text) -%}
    {#-
        The date of a last-access cookie, `31-Oct-2026`; NULL for what is not one of 11 characters,
        as of a first visit.
    -#}
    {%- set months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] -%}
    case
        when {{ regex_matches(text, '^[0-9]{2}-[A-Za-z]{3}-[0-9]{4}$') }}
            then try_cast(
                substr({{ text }}, 8, 4)
                || case {{ lower_ascii('substr(' ~ text ~ ', 4, 3)') }}
                    {%- for month in months %} when '{{ month }}' then '-{{ '%02d' % loop.index }}-'{% endfor %}
                end
                || substr({{ text }}, 1, 2)
                as date
            )
    end
{%- endmacro %}
