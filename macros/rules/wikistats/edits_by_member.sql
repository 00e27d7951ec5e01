{% macro edits_by_member(reduced, key, dimensions) -%}
    {#-
        Each combination of members reads the dataset by itself: through a shared CTE, a query of one
        member would compute those of all. An unknown difference of bytes counts as 0.
    -#}
    {%- set members = {
        'granularity': {
            "'daily'": date_of('event_timestamp'),
            "'monthly'": date_of("substr(event_timestamp, 1, 7) || '-01'"),
        },
        'project': ['project', project_family('project'), "'all-projects'"],
        'editor_type': [wikistats_editor_type('user_type'), "'all-editor-types'"],
        'page_type': [wikistats_page_type('page_type'), "'all-page-types'"],
        'measure': {
            "'edits'": '1',
            "'net_bytes_diff'": 'coalesce(text_bytes_diff, 0)',
            "'abs_bytes_diff'": 'coalesce(text_bytes_diff_abs, 0)',
        },
    } -%}
    {%- set branches = [] -%}
    {%- for granularity in members.granularity -%}
    {%- for project in members.project if project == 'project' or 'project_group' in dimensions -%}
    {%- for editor_type in (members.editor_type if 'editor_type' in dimensions else [none]) -%}
    {%- for page_type in (members.page_type if 'page_type' in dimensions else [none]) -%}
    {%- for measure in (members.measure if 'measure' in dimensions else [none]) -%}
        {%- do branches.append([granularity, project, editor_type, page_type, measure]) -%}
    {%- endfor -%}
    {%- endfor -%}
    {%- endfor -%}
    {%- endfor -%}
    {%- endfor -%}
    {%- for granularity, project, editor_type, page_type, measure in branches %}
    select
        snapshot,
        {{ project }} as project,
        {{ granularity }} as granularity,
        {{ members.granularity[granularity] }} as period_start,
        {%- if editor_type %}
        {{ editor_type }} as editor_type,
        {%- endif %}
        {%- if page_type %}
        {{ page_type }} as page_type,
        {%- endif %}
        {%- if measure %}
        {{ measure }} as measure,
        {{ members.measure[measure] }} as value,
        {%- else %}
        {%- for name, value in members.measure.items() %}
        {{ value }} as {{ name | replace("'", '') }},
        {%- endfor %}
        {%- endif %}
        {{ key }}
    from {{ reduced }}
    where
        {{ is_edit() }}
        and {{ project }} is not null
        and {{ members.granularity[granularity] }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
