{% macro reduced_measures() -%}
    {#-
        The measures that are watched per project, entity and type of event: names and SQL (spec
        9.1).
    -#}
    {%- set measures = {
        'events': 'count(*)',
        'distinct_user_text': 'count(distinct user_text)',
        'distinct_page_title': 'count(distinct page_title)',
        'distinct_page_namespace': 'count(distinct page_namespace)',
    } -%}
    {%- for user_type in ['anonymous', 'group_bot', 'name_bot', 'user'] -%}
        {%- do measures.update({'user_' ~ user_type: "count(case when user_type = '" ~ user_type ~ "' then 1 end)"}) -%}
    {%- endfor -%}
    {%- for page_type in ['content', 'non_content'] -%}
        {%- do measures.update({'page_' ~ page_type: "count(case when page_type = '" ~ page_type ~ "' then 1 end)"}) -%}
    {%- endfor -%}
    {%- for tag in ['self_created', 'redirect', 'deleted', 'reverted', 'revert'] -%}
        {%- do measures.update({'tagged_' ~ tag: 'count(case when ' ~ array_has('other_tags', "'" ~ tag ~ "'") ~ ' then 1 end)'}) -%}
    {%- endfor -%}
    {%- for sum in ['revisions', 'text_bytes_diff', 'text_bytes_diff_abs'] -%}
        {%- do measures.update({sum: bigint_sum(sum)}) -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{% macro growth_of(current, previous) -%}
    {#-
        How much a measure grew, as a share of what it was. NULL counts as 0; the growth of 0 is
        a share of 1.
    -#}
    (coalesce(cast({{ current }} as double), 0) - coalesce({{ previous }}, 0))
    / case when coalesce({{ previous }}, 0) = 0 then 1 else {{ previous }} end
{%- endmacro %}

{% macro is_growth_error() -%}
    {#- Whether growths are out of bounds: of events always, of others by the entity (spec 9.1). -#}
    {%- set steady = ['revisions', 'text_bytes_diff_abs'] -%}
    {%- set watched = {
        'user': steady + ['distinct_user_text', 'user_anonymous', 'user_group_bot', 'user_name_bot', 'user_user', 'tagged_self_created'],
        'page': steady + ['distinct_page_title', 'distinct_page_namespace', 'page_content', 'page_non_content'],
        'revision': ['tagged_deleted'],
    } -%}
    {%- set varying = {'user': ['text_bytes_diff'], 'page': ['tagged_redirect', 'text_bytes_diff']} -%}
    {%- set bounds = variable('growth_smallest') ~ ' and ' ~ variable('growth_largest') -%}
    growth_of_events not between {{ bounds }}
    {%- for entity, measures in watched.items() %}
    or (
        event_entity = '{{ entity }}'
        and (
            {%- for measure in measures %}
            {{ 'or ' if not loop.first }}growth_of_{{ measure }} not between {{ bounds }}
            {%- endfor %}
            {%- for measure in varying.get(entity, []) %}
            or growth_of_{{ measure }} not between -1 and {{ variable('growth_largest') }}
            {%- endfor %}
        )
    )
    {%- endfor -%}
{%- endmacro %}
