{% macro looks_like_account(title) -%}
    {#-
        Whether the title of a log row may be the name of an account: an IPv4 or IPv6 address in it,
        or `#` with digits, means that it is not (UE1).
    -#}
    not coalesce({{ regex_matches(title, '[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-F]{1,4}(:[0-9A-F]{1,4}){7}|^#[0-9]+$') }}, false)
{%- endmacro %}

{% macro renamed_pattern() -%}
    {#- A comment that links the old and the new name of a renamed user, each with a shown text. -#}
    {{ return('^[^\\[]*\\[\\[[^:]*:([^|]*)\\|.*\\]\\][^\\[]*\\[\\[[^:]*:(.*)\\|.*\\]\\].*$') }}
{%- endmacro %}

{% macro renamed_user(which) -%}
    {#- The `old` or the `new` name of a row that logs a rename; NULL when it cannot be read (UE2). -#}
    {%- set key = '4::olduser' if which == 'old' else '5::newuser' -%}
    case
        when {{ map_value('parameters.texts', '4::olduser') }} is not null and {{ map_value('parameters.texts', '5::newuser') }} is not null
            then {{ map_value('parameters.texts', key) }}
        when {{ regex_matches('comment_text', renamed_pattern()) }}
            then {{ regex_capture('comment_text', renamed_pattern(), 1 if which == 'old' else 2) }}
        when parameters.entries is null and log_params is not null and log_title is not null
            then {{ "replace(log_title, '_', ' ')" if which == 'old' else 'log_params' }}
    end
{%- endmacro %}

{% macro created_user() -%}
    {#- The name of the account that a log row says was made; NULL when it cannot be read (UE2). -#}
    {%- set pattern = '^[^\\[]*\\[\\[[^:]*:([^|]*)\\|.*\\]\\].*$' -%}
    case
        when {{ regex_matches('comment_text', pattern) }} then {{ regex_capture('comment_text', pattern, 1) }}
        else replace(log_title, '_', ' ')
    end
{%- endmacro %}

{% macro has_bot_name(name) -%}
    {#- Whether a name has `bot` at its end or before what is no Latin letter (UF6). -#}
    {{ regex_matches(name, '[bB][oO][tT]([^a-zA-Z]|$)') }}
{%- endmacro %}

{% macro bot_reasons(name, groups) -%}
    {#- Why an account counts as a bot: by its `name`, by its `group`, both or neither (UF6). -#}
    {{ array_without_nulls([
        "case when " ~ has_bot_name(name) ~ " then 'name' end",
        "case when " ~ array_has(groups, "'bot'") ~ " then 'group' end",
    ]) }}
{%- endmacro %}
