{% macro edits_by_member(reduced, key, dimensions) -%}
    {#-
        Each kind of project reads the dataset by itself, so that a query of one reads no other's rows.
        Periods, types and measures are multiplied with what a query has kept: as further readings
        they took longer to plan than to count. A question that names `month` compares texts, before
        any date is read from them, which is most of the work. An unknown difference of bytes counts as 0.
    -#}
    {%- set projects = ['project'] + ([project_family('project'), "'all-projects'"] if 'project_group' in dimensions else []) -%}
    select
        snapshot,
        project,
        granularity,
        period_start,
        month,
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
        select
            *,
            case granularity when 'daily' then first_of_day else first_of_month end as period_start
        from (
        {%- for project in projects %}
            select
                snapshot,
                {{ project }} as project,
                substr(event_timestamp, 1, 7) as month,
                {{ date_of('event_timestamp') }} as first_of_day,
                {{ date_of("substr(event_timestamp, 1, 7) || '-01'") }} as first_of_month,
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
                {#- So begin the names of families. Said so, a query of others does not read for them. #}
                and {{ project }} >= 'all-wik'
                and {{ project }} < 'all-wil'
                {%- endif %}
            {{ 'union all' if not loop.last }}
        {%- endfor %}
        ) as edits_of_projects
        cross join (values ('daily'), ('monthly')) as granularities (granularity)
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
    where period_start is not null
{%- endmacro %}
