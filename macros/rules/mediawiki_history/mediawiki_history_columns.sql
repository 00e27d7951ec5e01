{% macro mediawiki_history_columns() -%}
    {#- The columns of mediawiki_history in their order, by their types; `texts` for a list of texts. -#}
    {%- set columns = {} -%}
    {%- set user = [
        ['id', 'bigint'], ['central_id', 'bigint'], ['text_historical', 'string'], ['text', 'string'],
        ['blocks_historical', 'texts'], ['blocks', 'texts'], ['groups_historical', 'texts'], ['groups', 'texts'],
        ['is_bot_by_historical', 'texts'], ['is_bot_by', 'texts'], ['is_created_by_self', 'boolean'],
        ['is_created_by_system', 'boolean'], ['is_created_by_peer', 'boolean'], ['is_anonymous', 'boolean'],
        ['is_temporary', 'boolean'], ['is_permanent', 'boolean'], ['is_cross_wiki', 'boolean'],
        ['registration_timestamp', 'string'], ['creation_timestamp', 'string'], ['first_edit_timestamp', 'string'],
        ['revision_count', 'bigint'], ['seconds_since_previous_revision', 'bigint'],
    ] -%}
    {%- for name in ['wiki_db', 'event_log_id', 'event_entity', 'event_type', 'event_timestamp', 'event_comment'] -%}
        {%- do columns.update({name: 'bigint' if name == 'event_log_id' else 'string'}) -%}
    {%- endfor -%}
    {%- for name, type in user %}{% do columns.update({'event_user_' ~ name: type}) %}{% endfor -%}
    {%- do columns.update({
        'page_id': 'bigint', 'page_artificial_id': 'string', 'page_title_historical': 'string', 'page_title': 'string',
        'page_namespace_historical': 'integer', 'page_namespace_is_content_historical': 'boolean',
        'page_namespace': 'integer', 'page_namespace_is_content': 'boolean', 'page_is_redirect': 'boolean',
        'page_is_deleted': 'boolean', 'page_creation_timestamp': 'string', 'page_first_edit_timestamp': 'string',
        'page_revision_count': 'bigint', 'page_seconds_since_previous_revision': 'bigint',
    }) -%}
    {%- for name, type in user if name not in ('is_cross_wiki', 'revision_count', 'seconds_since_previous_revision') -%}
        {%- do columns.update({'user_' ~ name: type}) -%}
    {%- endfor -%}
    {%- do columns.update({
        'revision_id': 'bigint', 'revision_parent_id': 'bigint', 'revision_minor_edit': 'boolean',
        'revision_deleted_parts': 'texts', 'revision_deleted_parts_are_suppressed': 'boolean',
        'revision_text_bytes': 'bigint', 'revision_text_bytes_diff': 'bigint', 'revision_text_sha1': 'string',
        'revision_content_model': 'string', 'revision_content_format': 'string',
        'revision_is_deleted_by_page_deletion': 'boolean', 'revision_deleted_by_page_deletion_timestamp': 'string',
        'revision_is_identity_reverted': 'boolean', 'revision_first_identity_reverting_revision_id': 'bigint',
        'revision_seconds_to_identity_revert': 'bigint', 'revision_is_identity_revert': 'boolean',
        'revision_is_from_before_page_creation': 'boolean', 'revision_tags': 'texts',
    }) -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro mediawiki_history_event(given) -%}
    {#- The select list of events of one entity: what is `given`, by its column, and NULL for the rest. -#}
    {%- for name, type in mediawiki_history_columns().items() %}
    {{ given[name] if name in given else ('cast(null as ' ~ (text_array_type() if type == 'texts' else type) ~ ')') }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro of_performer(relation, event) -%}
    {#-
        The columns of who did something: those of the account's state that holds, else what the
        event itself says (D1, D4).
    -#}
    {%- set known = relation ~ '.user_id is not null' -%}
    {%- set text = 'case when ' ~ known ~ ' then ' ~ relation ~ '.user_text_historical else ' ~ event.text_historical ~ ' end' -%}
    {%- set columns = {} -%}
    {%- for name, column in user_state_columns().items() -%}
        {%- set state = relation ~ '.' ~ column -%}
        {%- do columns.update({
            'event_user_' ~ name: ('case when ' ~ known ~ ' then ' ~ state ~ ' else ' ~ event[name] ~ ' end') if name in event else state
        }) -%}
    {%- endfor -%}
    {%- do columns.update({
        'event_user_is_cross_wiki': "coalesce(" ~ text ~ " like '%>%' and " ~ columns.event_user_is_anonymous
            ~ " and not coalesce(" ~ columns.event_user_is_temporary ~ ", false), false)"
    }) -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro user_state_columns() -%}
    {#- The columns of user histories, by what mediawiki_history calls them after `user_`. -#}
    {{ return({
        'id': 'user_id', 'central_id': 'user_central_id', 'text_historical': 'user_text_historical', 'text': 'user_text',
        'blocks_historical': 'user_blocks_historical', 'blocks': 'user_blocks',
        'groups_historical': 'user_groups_historical', 'groups': 'user_groups',
        'is_bot_by_historical': 'is_bot_by_historical', 'is_bot_by': 'is_bot_by',
        'is_created_by_self': 'created_by_self', 'is_created_by_system': 'created_by_system',
        'is_created_by_peer': 'created_by_peer', 'is_anonymous': 'is_anonymous', 'is_temporary': 'is_temporary',
        'is_permanent': 'is_permanent', 'registration_timestamp': 'user_registration_timestamp',
        'creation_timestamp': 'user_creation_timestamp', 'first_edit_timestamp': 'user_first_edit_timestamp',
    }) }}
{%- endmacro %}

{% macro page_state_columns() -%}
    {#- The columns that mediawiki_history takes from a page's state, besides its id. -#}
    {{ return([
        'page_artificial_id', 'page_title_historical', 'page_title', 'page_namespace_historical',
        'page_namespace_is_content_historical', 'page_namespace', 'page_namespace_is_content', 'page_is_redirect',
        'page_is_deleted', 'page_creation_timestamp', 'page_first_edit_timestamp',
    ]) }}
{%- endmacro %}

{% macro of_page(relation, revision={}) -%}
    {#-
        The columns of a page: those of a state, and where a revision was made in none, what the
        revision says (D2).
    -#}
    {%- set columns = {} -%}
    {%- for column in page_state_columns() -%}
        {%- set state = relation ~ '.' ~ column -%}
        {%- do columns.update({
            column: ('case when ' ~ relation ~ '.page_id is not null then ' ~ state ~ ' else ' ~ revision[column] ~ ' end') if column in revision else state
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro of_user(relation) -%}
    {#- The columns of the user whom an event is about (D5). -#}
    {%- set columns = {} -%}
    {%- for name, column in user_state_columns().items() -%}
        {%- do columns.update({'user_' ~ name: relation ~ '.' ~ column}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
