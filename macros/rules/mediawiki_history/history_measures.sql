{% macro history_measures() -%}
    {#-
        The measures that are watched per wiki and type of event of each table: names, and SQL by
        the table; a table without one has NULL (spec 7).
    -#}
    {%- set bot = array_has('GROUPS', "'bot'") -%}
    {%- set measures = {
        'events': {'user': 'count(*)', 'page': 'count(*)', 'event': 'count(*)'},
        'distinct_user_id': {'user': 'count(distinct user_id)', 'event': 'count(distinct event_user_id)'},
        'distinct_user_text': {
            'user': 'count(distinct user_text)', 'event': 'count(distinct event_user_text_historical)',
        },
        'distinct_page_id': {'page': 'count(distinct page_id)', 'event': 'count(distinct page_id)'},
        'distinct_page_artificial_id': {'page': 'count(distinct page_artificial_id)'},
        'distinct_page_title': {
            'page': 'count(distinct page_title_historical)', 'event': 'count(distinct page_title_historical)',
        },
        'distinct_page_namespace': {
            'page': 'count(distinct page_namespace_historical)', 'event': 'count(distinct page_namespace_historical)',
        },
    } -%}
    {%- set counted = {
        'user_group_bot': {
            'user': bot | replace('GROUPS', 'user_groups_historical'),
            'event': bot | replace('GROUPS', 'event_user_groups_historical'),
        },
        'user_anonymous': {'user': 'is_anonymous', 'event': 'event_user_is_anonymous'},
        'user_temporary': {'user': 'is_temporary', 'event': 'event_user_is_temporary'},
        'user_permanent': {'user': 'is_permanent', 'event': 'event_user_is_permanent'},
        'user_self_created': {'user': 'created_by_self', 'event': 'event_user_is_created_by_self'},
        'page_redirect': {'page': 'page_is_redirect', 'event': 'page_is_redirect'},
        'revision_deleted': {'event': 'revision_is_deleted_by_page_deletion'},
        'revision_reverted': {'event': 'revision_is_identity_reverted'},
        'revision_revert': {'event': 'revision_is_identity_revert'},
    } -%}
    {%- for name, conditions in counted.items() -%}
        {%- set counts = {} -%}
        {%- for table, condition in conditions.items() -%}
            {%- do counts.update({table: 'count(case when ' ~ condition ~ ' then 1 end)'}) -%}
        {%- endfor -%}
        {%- do measures.update({name: counts}) -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{% macro is_history_growth_error() -%}
    {#- Whether growths are out of bounds: of events always, of others by the table and entity (spec 7). -#}
    {%- set performers = [
        'distinct_user_id', 'distinct_user_text', 'user_group_bot', 'user_anonymous', 'user_temporary',
        'user_permanent', 'user_self_created',
    ] -%}
    {%- set watched = {
        "paired.history = 'user' or (paired.history = 'event' and event_entity = 'user')": performers,
        "paired.history = 'page'": ['all_page_ids', 'distinct_page_title', 'distinct_page_namespace'],
        "paired.history = 'event' and event_entity = 'page'": ['distinct_page_id', 'distinct_page_title', 'distinct_page_namespace'],
        "paired.history = 'event' and event_entity = 'revision'": ['revision_deleted'],
    } -%}
    {%- set bounds = variable('growth_smallest') ~ ' and ' ~ variable('growth_largest') -%}
    growth_of_events not between {{ bounds }}
    {%- for condition, measures in watched.items() %}
    or (
        ({{ condition }})
        and (
            {%- for measure in measures %}
            {{ 'or ' if not loop.first }}growth_of_{{ measure }} not between {{ bounds }}
            {%- endfor %}
        )
    )
    {%- endfor %}
    or (event_entity = 'page' and growth_of_page_redirect not between -1 and {{ variable('growth_largest') }})
{%- endmacro %}
