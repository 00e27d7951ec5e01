{% macro logged_block_duration() -%}
    {#- The duration of a block as the administrator gave it; NULL when it cannot be read (UE4). -#}
    case
        when parameters.entries is not null
            then case when {{ map_value('parameters.texts', '6::flags') }} is not null then {{ map_value('parameters.texts', '5::duration') }} end
        when {{ regex_matches('log_params', '\\n.*\\n') }} then null
        else {{ regex_replace_all('log_params', '\\n.*$', '') }}
    end
{%- endmacro %}

{% macro logged_block_flags() -%}
    {#- What a block forbids, as a list; it has no sense where the duration cannot be read (UE4). -#}
    {%- set text = "coalesce(case when parameters.entries is not null then " ~ map_value('parameters.texts', '6::flags')
        ~ " else " ~ regex_capture('log_params', '\\n(.*)$', 1) ~ " end, '')" -%}
    {{ listed_texts(text) }}
{%- endmacro %}
