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
    {%- set chosen = {
        'granularity': members.granularity,
        'project': members.project if 'project_group' in dimensions else ['project'],
        'editor_type': members.editor_type if 'editor_type' in dimensions else [none],
        'page_type': members.page_type if 'page_type' in dimensions else [none],
        'measure': members.measure if 'measure' in dimensions else [none],
    } -%}
    {%- for granularity, project, editor_type, page_type, measure in modules.itertools.product(*chosen.values()) %}
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
