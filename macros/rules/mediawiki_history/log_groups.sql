{% macro logged_groups() -%}
    {#- The groups that a log row gives a user, sorted; NULL when they cannot be read (UE3). -#}
    {%- set lines = regex_replace_all('log_params', '\\n+$', '') -%}
    {%- set breaks = 'length(' ~ lines ~ ') - length(replace(' ~ lines ~ ', chr(10), \'\'))' -%}
    {{ sorted_array(logged_groups_as_written(lines, breaks)) }}
{%- endmacro %}

{% macro logged_groups_as_written(lines, breaks) -%}
    case
        when parameters.entries is not null
            then case
                when {{ map_value('parameters.lists', '4::oldgroups') }} is not null then {{ map_value('parameters.lists', '5::newgroups') }}
            end
        when coalesce(log_params, '') <> ''
            then case
                when not {{ regex_matches('log_params', '\\n') }} or {{ lines }} = '' or {{ breaks }} > 1 then null
                when {{ breaks }} = 0 then {{ empty_text_array() }}
                else {{ listed_texts(trim_blanks(regex_replace_all(lines, '^.*\\n', ''))) }}
            end
        when {{ regex_matches('comment_text', '^=') }} then {{ listed_texts(trim_blanks("replace(comment_text, '=', '')")) }}
        when {{ regex_matches('comment_text', '[+]') }}
            then {{ array_of_replaced(split_to_array('comment_text', ' '), '+', '') }}
    end
{%- endmacro %}

{% macro listed_texts(text) -%}
    {#- Texts that commas separate, trimmed; empty ones at the end are none. -#}
    {%- set kept = regex_replace_all(text, ',+$', '') -%}
    case
        when {{ kept }} = '' then {{ empty_text_array() }}
        else {{ array_of_trimmed(split_to_array(kept, ',')) }}
    end
{%- endmacro %}
