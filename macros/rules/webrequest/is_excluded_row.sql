{% macro is_excluded_row() -%}
    {#- Whether a raw row (columns hostname, sequence) is in the variable `excluded_rows` (spec 2.1). -#}
    (
        false
        {%- for row in var('excluded_rows') %}
        or (
            coalesce(hostname, '') = '{{ row.hostname | replace("'", "''") }}'
            and coalesce(sequence, -1) = {{ row.sequence | int }}
        )
        {%- endfor %}
    )
{%- endmacro %}
