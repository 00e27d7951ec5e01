{% macro snapshot_of_files() -%}
    {#- The snapshot of the file tables that a request is looked up in: that of the month before. -#}
    {%- if variable('mw_snapshot') is not none -%}
        {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])\\Z', variable('mw_snapshot') | string) -%}
            {{ exceptions.raise_compiler_error("The variable 'mw_snapshot' is '" ~ shown(variable('mw_snapshot')) ~ "': write YYYY-MM, for example 2026-10.") }}
        {%- endif -%}
        {{ literal(variable('mw_snapshot')) }}
    {%- else -%}
        case
            when month = 1 then {{ padded('year - 1', 4) }} || '-12'
            else {{ padded('year', 4) }} || '-' || {{ padded('month - 1') }}
        end
    {%- endif -%}
{%- endmacro %}
