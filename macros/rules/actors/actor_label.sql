{% macro has_spider_address(max_diff_ip_group_size, diff_ip_group_count) -%}
    {#- Rule 1: the address compares revisions without having seen a history. -#}
    (
        {{ max_diff_ip_group_size }} >= {{ variable('actor_diff_group_size') }}
        or {{ diff_ip_group_count }} >= {{ variable('actor_diff_groups') }}
    )
{%- endmacro %}

{% macro has_few_views(views) -%}
    {#- Rule 2: too few requests to tell. -#}
    {{ views }} < {{ variable('actor_few_views') }}
{%- endmacro %}

{% macro has_many_views(views) -%}
    {#- Rule 3: more requests than a person makes in a day. -#}
    {{ views }} > {{ variable('actor_many_views') }}
{%- endmacro %}

{% macro has_high_rate(rate) -%}
    {#- Rule 4: faster than a person reads. -#}
    {{ rate }} >= {{ variable('actor_high_rate') }}
{%- endmacro %}

{% macro has_no_cookies_and_few_pages(nocookies, views, mean_pages, hours) -%}
    {#- Rule 5: many requests without cookies to the same few pages; computed from left to right. -#}
    (
        {{ nocookies }} > {{ variable('actor_nocookies') }}
        and {{ views }} > {{ variable('actor_nocookies_views') }}
        and {{ mean_pages }} * {{ hours }} / cast({{ views }} as double) < cast({{ variable('actor_page_share') }} as double)
    )
{%- endmacro %}

{% macro has_suspicious_user_agent(user_agent_length) -%}
    {#- Rule 6: a user agent longer or shorter than those of browsers. -#}
    (
        {{ user_agent_length }} > {{ variable('actor_longest_user_agent') }}
        or {{ user_agent_length }} < {{ variable('actor_shortest_user_agent') }}
    )
{%- endmacro %}

{% macro has_low_rate(rate) -%}
    {#- Rule 7: less than a request per minute. -#}
    {{ rate }} = 0
{%- endmacro %}

{% macro actor_rules() -%}
    {#-
        The rules in their order, each with its condition on a row of the roll-up, label and reason;
        the first one that holds decides. What `stays` would hold with any further hours, too.
        `measured` are the columns it looks at, `limits` what it holds them against.
    -#}
    {{ return([
        {
            'condition': has_spider_address('max_diff_ip_group_size', 'diff_ip_group_count'),
            'label': 'automated',
            'reason': 'ip with spider behavior',
            'stays': true,
            'measured': ['max_diff_ip_group_size', 'diff_ip_group_count'],
            'limits': ['at least ' ~ variable('actor_diff_group_size'), 'or at least ' ~ variable('actor_diff_groups')],
        },
        {
            'condition': has_few_views('pageview_count'),
            'label': 'user',
            'reason': 'less than 10 req',
            'measured': ['pageview_count'],
            'limits': ['less than ' ~ variable('actor_few_views')],
        },
        {
            'condition': has_many_views('pageview_count'),
            'label': 'automated',
            'reason': 'more than 800 req',
            'stays': true,
            'measured': ['pageview_count'],
            'limits': ['more than ' ~ variable('actor_many_views')],
        },
        {
            'condition': has_high_rate('pageview_rate_per_min'),
            'label': 'automated',
            'reason': 'high request ratio',
            'measured': ['pageview_rate_per_min'],
            'limits': ['at least ' ~ variable('actor_high_rate')],
        },
        {
            'condition': has_no_cookies_and_few_pages('nocookies', 'pageview_count', 'avg_distinct_pages_visited_count', 'rolled_up_hours'),
            'label': 'automated',
            'reason': 'too many requests w/o cookies and small page_title variability',
            'measured': ['nocookies', 'pageview_count', 'avg_distinct_pages_visited_count', 'rolled_up_hours'],
            'limits': [
                'more than ' ~ variable('actor_nocookies'),
                'and more than ' ~ variable('actor_nocookies_views'),
                'and pages',
                'times hours per request less than ' ~ variable('actor_page_share'),
            ],
        },
        {
            'condition': has_suspicious_user_agent('user_agent_length'),
            'label': 'automated',
            'reason': 'suspicious UA',
            'measured': ['user_agent_length'],
            'limits': ['more than ' ~ variable('actor_longest_user_agent') ~ ' or less than ' ~ variable('actor_shortest_user_agent')],
        },
        {
            'condition': has_low_rate('pageview_rate_per_min'),
            'label': 'user',
            'reason': 'low request ratio',
            'measured': ['pageview_rate_per_min'],
            'limits': ['0'],
        },
        {'condition': 'true', 'label': 'unclassified', 'reason': 'unclassified', 'measured': [], 'limits': ['no other rule holds']},
    ]) }}
{%- endmacro %}

{% macro actor_label(part) -%}
    {#- The `label` or the `reason` of the first rule that holds for a row of the roll-up. -#}
    case
        {%- for rule in actor_rules() %}
        when {{ rule.condition }} then '{{ rule[part] }}'
        {%- endfor %}
    end
{%- endmacro %}

{% macro is_lasting_reason(label_reason) -%}
    {#- Whether a verdict would be the same with any further hours. -#}
    {%- set lasting = [] -%}
    {%- for rule in actor_rules() if rule.stays %}{% do lasting.append(rule.reason) %}{% endfor -%}
    {{ label_reason }} in ({{ literals(lasting) }})
{%- endmacro %}

{% macro measured_by_rule(rule) -%}
    {#- What a rule looks at in a row of the roll-up, as a text: `pageview_count 950`. -#}
    {%- if not rule.measured -%}{{ return('cast(null as ' ~ dbt.type_string() ~ ')') }}{%- endif -%}
    {%- for column in rule.measured -%}
        {{ literal((', ' if not loop.first else '') ~ column ~ ' ') }} || coalesce(cast({{ column }} as {{ dbt.type_string() }}), 'unknown')
        {{- ' || ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
