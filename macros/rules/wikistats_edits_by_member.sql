{% macro edits_by_member(reduced, key, dimensions) -%}
    {#-
        Each edit once for every combination of a period and of the members that it counts for, in
        the dimensions given: project_group, editor_type, page_type. Each combination reads the
        dataset itself: through a shared CTE, a query of one member would make those of all.
    -#}
    {%- set projects = ['project', project_family('project'), "'all-projects'"] -%}
    {%- set starts = {
        'daily': date_of('event_timestamp'),
        'monthly': date_of("substr(event_timestamp, 1, 7) || '-01'"),
    } -%}
    {%- set editor_types = [wikistats_editor_type('user_type'), "'all-editor-types'"] -%}
    {%- set page_types = [wikistats_page_type('page_type'), "'all-page-types'"] -%}
    {%- for granularity, start in starts.items() -%}
    {%- for project in projects if project == 'project' or 'project_group' in dimensions -%}
    {%- for editor_type in (editor_types if 'editor_type' in dimensions else [none]) -%}
    {%- for page_type in (page_types if 'page_type' in dimensions else [none]) %}
    select
        snapshot,
        {{ project }} as project,
        '{{ granularity }}' as granularity,
        {{ start }} as period_start,
        {%- if editor_type %}
        {{ editor_type }} as editor_type,
        {%- endif %}
        {%- if page_type %}
        {{ page_type }} as page_type,
        {%- endif %}
        {{ key }},
        text_bytes_diff,
        text_bytes_diff_abs
    from {{ reduced }}
    where
        {{ is_edit() }}
        and {{ project }} is not null
        and {{ start }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro measure_of_edits(measure) -%}
    {#- What is counted of edits: their number, or their bytes, an unknown difference as 0. -#}
    {%- set columns = {'net_bytes_diff': 'text_bytes_diff', 'abs_bytes_diff': 'text_bytes_diff_abs'} -%}
    {%- if measure == 'edits' -%}
        count(*)
    {%- else -%}
        {{ bigint_sum('coalesce(' ~ columns[measure] ~ ', 0)') }}
    {%- endif -%}
{%- endmacro %}
