{% macro check_variables() -%}
    {#-
        Variables that stand in SQL as they are must be what they are said to be: a number where a
        number is meant, true or false where that is. Anything else is an error that names them.
    -#}
    {%- for name in [
        'loss_warn_percent',
        'loss_error_percent',
        'growth_projects',
        'growth_smallest',
        'growth_largest',
        'growth_error_share',
        'history_size_change',
        'retention_raw_days',
        'retention_refined_days',
        'retention_statistics_days',
    ] -%}
        {%- if not modules.re.match('^-?[0-9]+([.][0-9]+)?$', var(name) | string) -%}
            {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ var(name) ~ "': write a number, for example --vars '" ~ name ~ ": 1'.") }}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in ['accept_loss', 'apply_grants'] -%}
        {%- if var(name) | string | lower not in ('true', 'false') -%}
            {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ var(name) ~ "': write true or false.") }}
        {%- endif -%}
    {%- endfor -%}
    {%- for row in var('excluded_rows') -%}
        {%- if row is not mapping or 'hostname' not in row or not modules.re.match('^[0-9]+$', row.sequence | string) -%}
            {{ exceptions.raise_compiler_error("The variable 'excluded_rows' has the entry " ~ row ~ ": write {hostname: a text, sequence: a number} for each row.") }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
