{% macro history_columns() -%}
    {#-
        The columns of mediawiki_history that the reduced dataset and its checks read, with types
        that all engines know, and `texts` for a list of texts.
    -#}
    {{ return({
        'wiki_db': 'string',
        'event_entity': 'string',
        'event_type': 'string',
        'event_timestamp': 'string',
        'event_user_id': 'bigint',
        'event_user_central_id': 'bigint',
        'event_user_text_historical': 'string',
        'event_user_text': 'string',
        'event_user_is_bot_by_historical': 'texts',
        'event_user_is_bot_by': 'texts',
        'event_user_is_anonymous': 'boolean',
        'event_user_is_temporary': 'boolean',
        'event_user_creation_timestamp': 'string',
        'page_id': 'bigint',
        'page_title_historical': 'string',
        'page_title': 'string',
        'page_namespace_historical': 'integer',
        'page_namespace_is_content_historical': 'boolean',
        'page_namespace': 'integer',
        'page_namespace_is_content': 'boolean',
        'page_is_redirect': 'boolean',
        'page_is_deleted': 'boolean',
        'page_first_edit_timestamp': 'string',
        'user_text_historical': 'string',
        'user_is_created_by_self': 'boolean',
        'revision_id': 'bigint',
        'revision_text_bytes_diff': 'bigint',
        'revision_is_deleted_by_page_deletion': 'boolean',
        'revision_is_identity_reverted': 'boolean',
        'revision_is_identity_revert': 'boolean',
    }) }}
{%- endmacro %}

{% macro require_history_columns(present) -%}
    {#- Fails unless all columns are there, except those that older snapshots do not have. -#}
    {%- set missing = [] -%}
    {%- for name in history_columns() -%}
        {%- if name not in present and name not in ('event_user_central_id', 'event_user_is_temporary') -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            "The Parquet files in " ~ history_root() ~ "/snapshot=" ~ run_snapshot() ~ " have no column "
            ~ missing | join(', ') ~ ": write them with the columns of mediawiki_history, or point WIKILAKE_HISTORY to other files."
        ) }}
    {%- endif -%}
{%- endmacro %}
