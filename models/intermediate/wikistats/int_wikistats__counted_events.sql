{%- set measures = [
    'edits',
    'net_bytes_diff',
    'abs_bytes_diff',
    'new_pages',
    'new_registered_users',
] -%}

with

daily_events as (

    select * from {{ ref('int_wikistats__daily_events') }}

),

by_period as (
    {{ with_every_period('daily_events', ['project', 'editor_type', 'page_type'] + measures) }}
),

by_project as (
    {{ with_every(
        'by_period',
        'project',
        ['project', project_family('project'), "'all-projects'"],
        ['granularity', 'period_start', 'editor_type', 'page_type'] + measures
    ) }}
),

by_editor_type as (
    {{ with_every(
        'by_project',
        'editor_type',
        ['editor_type', "'all-editor-types'"],
        ['project', 'granularity', 'period_start', 'page_type'] + measures
    ) }}
),

by_page_type as (
    {{ with_every(
        'by_editor_type',
        'page_type',
        ['page_type', "'all-page-types'"],
        ['project', 'granularity', 'period_start', 'editor_type'] + measures
    ) }}
),

counted_events as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        {%- for measure in measures %}
        {{ bigint_sum(measure) }} as {{ measure }},
        {%- endfor %}
        page_type
    from by_page_type
    group by all

)

select * from counted_events
