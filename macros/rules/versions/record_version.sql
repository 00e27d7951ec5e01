{% macro known_record_versions() -%}
    {#-
        The definitions that can be asked for, oldest first: those of the seed record_versions
        whose rules the specs state (a test compares the two).
    -#}
    {{ return([
        '0.0.19', '0.0.20', '0.0.20+20180430', '0.0.21', '0.0.21+20190718', '0.0.22',
        '0.0.22+20191105', '0.0.22+20200113', '0.0.22+20200318', '0.0.22+20200402', '0.0.23',
        '0.0.23+20200730', '0.0.24', '0.0.24+20210201', '0.0.24+20220126', '0.0.24+20220329',
        '0.0.25', '0.0.26', '0.0.26+20230919', '0.0.26+20231127', '0.0.26+20241008',
        '0.0.26+20250325', '0.0.26+20250401', '0.0.26+20250502', '0.0.26+20250813',
        '0.0.26+20251023', '0.0.26+20260515', '0.0.26+20260518',
    ]) }}
{%- endmacro %}

{% macro record_version() -%}
    {#- The run's definition: the variable `record_version`, where `newest` is the last known one. -#}
    {%- set known = known_record_versions() -%}
    {%- set version = var('record_version') | string -%}
    {%- if version == 'newest' -%}{{ return(known[-1]) }}{%- endif -%}
    {%- if version not in known -%}
        {{ exceptions.raise_compiler_error(
            "The variable 'record_version' is '" ~ shown(version) ~ "': known are newest, " ~ known | reverse | join(', ') ~ "."
        ) }}
    {%- endif -%}
    {{ return(version) }}
{%- endmacro %}

{% macro version_at_least(version) -%}
    {#- Whether the run's definition is this one or a later one; known when SQL is compiled. -#}
    {%- set known = known_record_versions() -%}
    {%- if version not in known -%}
        {{ exceptions.raise_compiler_error("version_at_least: '" ~ version ~ "' is not in known_record_versions.") }}
    {%- endif -%}
    {{ return(known.index(record_version()) >= known.index(version)) }}
{%- endmacro %}

{% macro in_force(since='since', until='until') -%}
    {#-
        The predicate that keeps the rows of a list that the run's definition has; `-` means no
        bound.
    -#}
    {%- set known = known_record_versions() -%}
    {%- set begun = literals(known[:known.index(record_version()) + 1]) -%}
    ({{ since }} in ('-', {{ begun }}) and {{ until }} not in ({{ begun }}))
{%- endmacro %}

{% macro stamped_version(table_name) -%}
    {#-
        The record_version that rows of a table get, as a literal. pageview_hourly and
        projectview_hourly had version numbers of their own, which are not public after 0.0.7 and
        0.0.1: from webrequest 0.0.26 on they have that of webrequest.
    -#}
    {%- if table_name == 'webrequest' or version_at_least('0.0.26') -%}{{ literal(record_version()) }}
    {%- elif table_name == 'projectview_hourly' -%}'0.0.1'
    {%- elif version_at_least('0.0.22+20200402') -%}'0.0.7'
    {%- elif version_at_least('0.0.21') -%}'0.0.6'
    {%- else -%}'0.0.5'
    {%- endif -%}
{%- endmacro %}

{% macro columns_since() -%}
    {#- The columns of webrequest that came after 0.0.19: {column: first version that has it}. -#}
    {{ return({
        'isp_data': '0.0.20',
        'tls': '0.0.22+20191105',
        'tls_map': '0.0.22+20191105',
        'accept': '0.0.24+20220126',
        'ch_ua': '0.0.24+20220126',
        'ch_ua_mobile': '0.0.24+20220126',
        'ch_ua_platform': '0.0.24+20220126',
        'ch_ua_arch': '0.0.24+20220329',
        'ch_ua_bitness': '0.0.24+20220329',
        'ch_ua_full_version_list': '0.0.24+20220329',
        'ch_ua_model': '0.0.24+20220329',
        'ch_ua_platform_version': '0.0.24+20220329',
        'referer_data': '0.0.26',
        'is_redirect_to_pageview': '0.0.26+20241008',
        'server_pid': '0.0.26+20250401',
        'termination_state': '0.0.26+20250502',
        'is_api_request': '0.0.26+20260518',
        'ip_provenance': '0.0.26+20260518',
    }) }}
{%- endmacro %}

{% macro if_available(column, expression) -%}
    {#- What a column of webrequest holds: the expression, or NULL of its type before it existed. -#}
    {%- if version_at_least(columns_since().get(column, '0.0.19')) -%}
        {{ expression }}
    {%- else -%}
        case when false then {{ expression }} end
    {%- endif -%}
{%- endmacro %}
