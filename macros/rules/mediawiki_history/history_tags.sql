{% macro history_tags() -%}
    {#-
        The tags of an event, in their order. Under `wikitech` six, and an empty list for none;
        under `2026` two, and a list of one empty text for none, as the original writes it.
    -#}
    {%- set tags = {
        'user_first_24_hours': 'is_in_first_24_hours',
        'redirect': 'page_is_redirect',
        'deleted': 'revision_is_deleted_by_page_deletion',
        'reverted': 'revision_is_identity_reverted',
        'revert': 'revision_is_identity_revert',
        'self_created': 'user_is_created_by_self',
    } -%}
    {%- set chosen = [] -%}
    {%- for tag, condition in tags.items() -%}
        {%- if history_reduced_definition() == 'wikitech' or tag in ('redirect', 'self_created') -%}
            {%- do chosen.append("case when " ~ condition ~ " then '" ~ tag ~ "' end") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if history_reduced_definition() == 'wikitech' -%}
        {{ array_without_nulls(chosen) }}
    {%- else -%}
        case
            when coalesce(page_is_redirect, false) or coalesce(user_is_created_by_self, false)
                then {{ array_without_nulls(chosen) }}
            else {{ array_of(["''"]) }}
        end
    {%- endif -%}
{%- endmacro %}

{% macro is_in_first_24_hours() -%}
    {#- Whether an event is at most a day younger than its account; also when it is older (spec 2018). -#}
    {{ epoch_seconds('event_timestamp') }} - {{ epoch_seconds('event_user_creation_timestamp') }} <= 86400
{%- endmacro %}
