{% macro event_user_agent(relation, sources) -%}
    {#- The text of an event's user agent: a field of its own, else the header. -#}
    {%- set found = [] -%}
    {%- for path in sources.agent or [] %}{% do found.append(relation ~ '.' ~ field(['event'] + path)) %}{% endfor -%}
    {%- for path in sources.headers or [] %}{% do found.append(map_value(relation ~ '.' ~ field(['event'] + path), 'user-agent')) %}{% endfor -%}
    {{ return('coalesce(' ~ found | join(', ') ~ ', null)' if found else 'cast(null as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}

{% macro legacy_useragent(value, type, new_type) -%}
    {#- The struct `useragent` of legacy events: itself, else what the user agent says. -#}
    {%- set known = [] -%}
    {%- for part in (type or {}).get('fields', []) %}{% do known.append(part.key) %}{% endfor -%}
    {%- set made = {
        'is_bot': "agents.device_family = 'Spider' or (agents.device_family = 'Other' and agents.is_spider)",
        'is_mediawiki': position_of("'mediawiki'", lower_unicode('agents.user_agent')) ~ ' > 0',
        'browser_minor': 'cast(null as ' ~ dbt.type_string() ~ ')',
    } -%}
    {%- set given, read = {}, {} -%}
    {%- for part in new_type.fields -%}
        {%- do given.update({part.name: value ~ '.' ~ quoted_name(part.name) if part.name in known else 'cast(null as ' ~ nested_type(part.type) ~ ')'}) -%}
        {%- do read.update({part.name: made.get(part.name, 'agents.' ~ part.name)}) -%}
    {%- endfor -%}
    case
        when {{ value }} is not null then {{ struct_of(given) }}
        when agents.user_agent is not null then {{ struct_of(read) }}
    end
{%- endmacro %}
