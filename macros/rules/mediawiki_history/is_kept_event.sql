{% macro is_kept_event() -%}
    {#-
        Whether an event has a row of its own (spec 3). An unknown deletion flag drops the row,
        which false would not. Deleted revisions stay under `wikitech`, to be tagged.
    -#}
    (event_timestamp is not null or (
        event_entity = 'page' and event_type = 'create' and page_first_edit_timestamp is not null
    ))
    and (event_entity <> 'page' or page_is_deleted = false)
    and (event_entity <> 'revision' or {{ 'revision_is_deleted_by_page_deletion is not null'
        if history_reduced_definition() == 'wikitech' else 'revision_is_deleted_by_page_deletion = false' }})
{%- endmacro %}

{% macro is_counted_edit() -%}
    {#- Whether an event is an edit that digests count: dated, and known not to be deleted (spec 3). -#}
    event_entity = 'revision'
    and event_type = 'create'
    and event_timestamp is not null
    and revision_is_deleted_by_page_deletion = false
{%- endmacro %}

{% macro history_reduced_definition() -%}
    {#- Which reduced dataset to build: `wikitech`, as its design page has it, or `2026`, as run today. -#}
    {%- set definition = var('history_reduced_definition') | string -%}
    {%- if definition not in ('wikitech', '2026') -%}
        {{ exceptions.raise_compiler_error("The variable 'history_reduced_definition' is '" ~ shown(definition) ~ "': known are wikitech, 2026.") }}
    {%- endif -%}
    {{ return(definition) }}
{%- endmacro %}
