{% macro wikistats_editor_type(user_type) -%}
    {#- A user type as Wikistats spells it. -#}
    case when {{ user_type }} = 'all' then 'all-editor-types' else replace({{ user_type }}, '_', '-') end
{%- endmacro %}

{% macro wikistats_page_type(page_type) -%}
    {#- A page type as Wikistats spells it. -#}
    case when {{ page_type }} = 'all' then 'all-page-types' else replace({{ page_type }}, '_', '-') end
{%- endmacro %}

{% macro project_family(project) -%}
    {#- The `all-…-projects` that a project is part of; null for none. -#}
    'all-' || nullif({{ regex_capture(
        project,
        '^[a-z0-9-]+[.](wikipedia|wikivoyage|wiktionary|wikibooks|wikinews|wikiquote|wikisource|wikiversity)$'
    ) }}, '') || '-projects'
{%- endmacro %}

{% macro activity_level(revisions) -%}
    {#- The activity level of somebody with so many edits in a period. -#}
    case
        when {{ revisions }} between 1 and 4 then '1..4-edits'
        when {{ revisions }} between 5 and 24 then '5..24-edits'
        when {{ revisions }} between 25 and 99 then '25..99-edits'
        when {{ revisions }} >= 100 then '100..-edits'
    end
{%- endmacro %}

{% macro is_edit() -%}
    {#- Whether a reduced row is an edit that metrics count: edits of deleted pages are not. -#}
    event_entity = 'revision' and event_type = 'create' and not {{ array_has('other_tags', "'deleted'") }}
{%- endmacro %}

{% macro is_new_page() -%}
    {#- Whether a reduced row is the creation of a page that metrics count: redirects are not. -#}
    event_entity = 'page' and event_type = 'create' and not {{ array_has('other_tags', "'redirect'") }}
{%- endmacro %}

{% macro is_new_registered_user() -%}
    {#- Whether a reduced row is somebody registering for themselves. -#}
    event_entity = 'user' and event_type = 'create' and {{ array_has('other_tags', "'self_created'") }}
{%- endmacro %}

{% macro is_ip_address(text) -%}
    {#- Whether a name is an address: IPv4, or IPv6 in full or with one `::`. -#}
    {%- set part = '[0-9A-Fa-f]{1,4}' -%}
    {%- set parts = part ~ '(:' ~ part ~ '){0,6}' -%}
    {%- set octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])' -%}
    {{ regex_matches(
        text,
        '^((' ~ octet ~ '[.]){3}' ~ octet ~ '|(' ~ part ~ ':){7}' ~ part ~ '|(' ~ parts ~ ')?::(' ~ parts ~ ')?)$'
    ) }}
{%- endmacro %}
