{% macro page_event_type() -%}
    {#- What a log row does to a page; NULL when it is nothing that a page history knows. -#}
    case
        when log_type = 'move' then 'move'
        when log_type = 'delete' and log_action in ('delete', 'delete_redir') then 'delete'
        when log_type = 'delete' and log_action = 'restore' then 'restore'
        when log_type = 'create' and log_action = 'create' then 'create-page'
        when log_type = 'merge' and log_action = 'merge' then 'merge'
    end
{%- endmacro %}

{% macro normalized_title(text) -%}
    {#- A title as moves log it, with underscores and without the mark of a left redirect (PE1). -#}
    {{ regex_replace_all('replace(' ~ trim_blanks(text) ~ ", ' ', '_')", '\\n1$', '') }}
{%- endmacro %}

{% macro moved_to() -%}
    {#- The title, with its namespace's name, to which a log row moves a page; NULL if unreadable (PE2). -#}
    {{ normalized_title("case when parameters.entries is not null then " ~ map_value('parameters.entries', '4::target') ~ " else log_params end") }}
{%- endmacro %}

{% macro title_prefix(title) -%}
    {#- What stands before the first colon of a title; empty for nothing (PE2). -#}
    case when {{ position_of("':'", title) }} > 1 then substr({{ title }}, 1, {{ position_of("':'", title) }} - 1) else '' end
{%- endmacro %}

{% macro is_logged_with_page_id() -%}
    {#-
        Whether a log row names its page by the id that the page keeps: MediaWiki logged other ids
        of moves and of deletions before these dates (PE4).
    -#}
    (
        log_page > 0
        and not (event_type = 'move' and log_timestamp < '20140926000000')
        and not (event_type in ('delete', 'restore') and log_timestamp < '20160506000000')
    )
{%- endmacro %}

{% macro page_artificial_id(wiki, place) -%}
    {#- A text that names a page without an id, by its wiki and the place of its deletion (PW4). -#}
    case when {{ place }} is not null then md5({{ wiki }} || ' ' || cast({{ place }} as {{ dbt.type_string() }})) end
{%- endmacro %}

{% macro log_entity() -%}
    {#- Whose history a log row is part of, `user` or `page`; NULL for one of neither. -#}
    case
        when log_type in ('newusers', 'renameuser', 'rights', 'block') then 'user'
        when log_type in ('move', 'delete', 'create', 'merge') then 'page'
    end
{%- endmacro %}

{% macro is_left_out_of_log() -%}
    {#- Whether a log row tells nothing of an account or page by the rules (UE1, PE). -#}
    (
        ({{ log_entity() }} = 'user' and not {{ looks_like_account('log_title') }})
        or ({{ log_entity() }} = 'page' and {{ page_event_type() }} is null)
    )
{%- endmacro %}

{% macro outcome_of_no_event(part) -%}
    {#-
        The `outcome` or the `reason` of a log row that is no event: hidden actions cannot be read,
        others are left out by the rules.
    -#}
    {%- set is_outcome = part == 'outcome' -%}
    case
        when {{ log_entity() }} = 'user' then '{{ 'left_out' if is_outcome else 'title_of_no_account' }}'
        when log_action is null then '{{ 'unreadable' if is_outcome else 'no_action' }}'
        else '{{ 'left_out' if is_outcome else 'action_of_no_page' }}'
    end
{%- endmacro %}
