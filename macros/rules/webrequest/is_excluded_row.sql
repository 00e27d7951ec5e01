{% macro is_excluded_row() -%}
    {#- Whether a raw row (columns hostname, sequence) is in the variable `excluded_rows` (spec 2.1). -#}
    (
        false
        {%- for row in variable('excluded_rows') %}
        or (
            coalesce(hostname, '') = {{ literal(row.hostname) }}
            and coalesce(sequence, -1) = {{ row.sequence | int }}
        )
        {%- endfor %}
    )
{%- endmacro %}
