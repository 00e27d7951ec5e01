{% macro edits_by_member(reduced, key, dimensions) -%}
    {#-
        Each period of each kind of project reads the dataset by itself: through a shared CTE, a query
        of one would compute those of all. Types and measures are multiplied with what a query has
        kept; as further readings they took longer to plan than to count. An unknown difference of
        bytes counts as 0.
    -#}
    {%- set projects = ['project'] + ([project_family('project'), "'all-projects'"] if 'project_group' in dimensions else []) -%}
    {%- set periods = {
        "'daily'": date_of('event_timestamp'),
        "'monthly'": date_of("substr(event_timestamp, 1, 7) || '-01'"),
    } -%}
    select
        snapshot,
        project,
        granularity,
        period_start,
        {%- if 'editor_type' in dimensions %}
        case when is_of_all_editors then 'all-editor-types' else editor_type end as editor_type,
        {%- endif %}
        {%- if 'page_type' in dimensions %}
        case when is_of_all_pages then 'all-page-types' else page_type end as page_type,
        {%- endif %}
        {%- if 'measure' in dimensions %}
        measure,
        case measure when 'edits' then edits when 'net_bytes_diff' then net_bytes_diff else abs_bytes_diff end as value,
        {%- else %}
        edits,
        net_bytes_diff,
        abs_bytes_diff,
        {%- endif %}
        {{ key }}
    from (
    {%- for granularity, period_start in periods.items() -%}
    {%- set is_last = loop.last -%}
    {%- for project in projects %}
        select
            snapshot,
            {{ project }} as project,
            {{ granularity }} as granularity,
            {{ period_start }} as period_start,
            {{ wikistats_editor_type('user_type') }} as editor_type,
            {{ wikistats_page_type('page_type') }} as page_type,
            1 as edits,
            coalesce(text_bytes_diff, 0) as net_bytes_diff,
            coalesce(text_bytes_diff_abs, 0) as abs_bytes_diff,
            {{ key }}
        from {{ reduced }}
        where
            {{ is_edit() }}
            and {{ project }} is not null
            {%- if project not in ('project', "'all-projects'") %}
            {#- Names of groups begin with `all-`. Said so, a query of one project does not read for them. #}
            and {{ project }} >= 'all-'
            and {{ project }} < 'all.'
            {%- endif %}
            and {{ period_start }} is not null
        {{ 'union all' if not (loop.last and is_last) }}
    {%- endfor -%}
    {%- endfor %}
    ) as edits_of_periods
    {%- if 'editor_type' in dimensions %}
    cross join (values (true), (false)) as all_editors (is_of_all_editors)
    {%- endif %}
    {%- if 'page_type' in dimensions %}
    cross join (values (true), (false)) as all_pages (is_of_all_pages)
    {%- endif %}
    {%- if 'measure' in dimensions %}
    cross join (values ('edits'), ('net_bytes_diff'), ('abs_bytes_diff')) as measures (measure)
    {%- endif %}
{%- endmacro %}
