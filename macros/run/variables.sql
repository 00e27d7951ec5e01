{% macro variable_kinds() -%}
    {#-
        What each variable of dbt_project.yml may be: a `kind` that variable_fault()
        knows, what it takes `one_of`, whether it is `optional` (null), the `least` of a number.
    -#}
    {{ return({
        'hour': {'kind': 'hour'},
        'from': {'kind': 'hour', 'optional': true},
        'to': {'kind': 'hour', 'optional': true},
        'day': {'kind': 'date', 'optional': true},
        'month': {'kind': 'month', 'optional': true},
        'snapshot': {'kind': 'snapshot'},
        'history_source': {'kind': 'choice', 'one_of': ['dumps', 'tables']},
        'present': {'kind': 'moment', 'optional': true},
        'history_reduced_definition': {'kind': 'choice', 'one_of': ['wikitech', '2026']},
        'growth_projects': {'kind': 'count', 'least': 1},
        'growth_smallest': {'kind': 'number'},
        'growth_largest': {'kind': 'number'},
        'growth_error_share': {'kind': 'number', 'least': 0},
        'growth_severity': {'kind': 'choice', 'one_of': ['error', 'warn']},
        'history_size_change': {'kind': 'number', 'least': 0},
        'history_lost_share': {'kind': 'number', 'least': 0},
        'history_unreadable_share': {'kind': 'number', 'least': 0},
        'history_fewest_events': {'kind': 'count', 'least': 1},
        'history_outcomes_severity': {'kind': 'choice', 'one_of': ['error', 'warn']},
        'expected_wikis': {'kind': 'texts'},
        'namespace_map_severity': {'kind': 'choice', 'one_of': ['error', 'warn']},
        'record_version': {'kind': 'choice', 'one_of': ['newest'] + known_record_versions() | reverse | list},
        'mobile_web_from': {'kind': 'choice', 'one_of': ['x_analytics', 'host', 'user_agent'], 'optional': true},
        'site_profile': {'kind': 'text'},
        'site_domains': {'kind': 'domains'},
        'site_profiles': {'kind': 'profiles'},
        'site_namespaces': {'kind': 'namespaces'},
        'excluded_rows': {'kind': 'rows'},
        'loss_warn_percent': {'kind': 'number', 'least': 0},
        'loss_error_percent': {'kind': 'number', 'least': 0},
        'accept_loss': {'kind': 'boolean'},
        'percountry_actors_threshold': {'kind': 'count', 'least': 1},
        'bycountry_views_threshold': {'kind': 'count', 'least': 1},
        'unique_devices_threshold': {'kind': 'count', 'least': 1},
        'min_num_daily_referrals': {'kind': 'count', 'least': 1},
        'privacy_threshold': {'kind': 'count', 'least': 1},
        'output_threshold': {'kind': 'count', 'least': 1},
        'api_networks_threshold': {'kind': 'count', 'least': 1},
        'os_family_unknown': {'kind': 'text'},
        'os_major_unknown': {'kind': 'text'},
        'browser_family_unknown': {'kind': 'text'},
        'browser_major_unknown': {'kind': 'text'},
        'top_n': {'kind': 'count', 'least': 1},
        'mw_snapshot': {'kind': 'month', 'optional': true},
        'actor_labels': {'kind': 'choice', 'one_of': ['computed', 'file', 'none'], 'optional': true},
        'settled': {'kind': 'boolean'},
        'actor_diff_group_size': {'kind': 'number', 'least': 0},
        'actor_diff_groups': {'kind': 'number', 'least': 0},
        'actor_few_views': {'kind': 'number', 'least': 0},
        'actor_many_views': {'kind': 'number', 'least': 0},
        'actor_high_rate': {'kind': 'number', 'least': 0},
        'actor_nocookies': {'kind': 'number', 'least': 0},
        'actor_nocookies_views': {'kind': 'number', 'least': 0},
        'actor_page_share': {'kind': 'number', 'least': 0},
        'actor_longest_user_agent': {'kind': 'number', 'least': 0},
        'actor_shortest_user_agent': {'kind': 'number', 'least': 0},
        'retention_raw_days': {'kind': 'count', 'least': 0},
        'retention_refined_days': {'kind': 'count', 'least': 0},
        'retention_statistics_days': {'kind': 'count', 'least': 0},
        'today': {'kind': 'date', 'optional': true},
        'sanitize_map_keys': {'kind': 'choice', 'one_of': ['as_written', 'original']},
        'session_sampling': {'kind': 'count', 'least': 1},
        'virtualpageview_variant': {'kind': 'choice', 'one_of': ['original', 'fixed']},
        'virtualpageview_rows': {'kind': 'choice', 'one_of': ['original', 'each_once']},
        'public_schemas': {'kind': 'texts'},
        'apply_grants': {'kind': 'boolean'},
    }) }}
{%- endmacro %}

{% macro variable(name) -%}
    {#-
        The value of a variable, which is what variable_kinds() says; else an error that names the
        variable, what it is and what it may be. A text is not SQL yet: literal() makes it so.
    -#}
    {%- set value = var(name) -%}
    {%- set fault = variable_fault(value, variable_kinds()[name]) -%}
    {%- if fault -%}
        {{ exceptions.raise_compiler_error("The variable '" ~ name ~ "' is '" ~ shown(value) ~ "': " ~ fault) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}

{% macro check_variables() -%}
    {#- Checks before a run that every variable is known and allowed, and that they fit together. -#}
    {%- do check_names_of_variables() -%}
    {%- for name in variable_kinds() -%}{%- do variable(name) -%}{%- endfor -%}
    {%- do run_window() -%}
    {%- do named_period() -%}
    {%- do run_snapshot() -%}
    {%- do history_present() -%}
    {%- do snapshot_of_files() -%}
    {%- do oldest_day('raw') -%}
    {%- do site_profile() -%}
    {%- do check_public_schemas() -%}
    {%- do actor_labels() -%}
{%- endmacro %}

{% macro check_names_of_variables() -%}
    {#-
        Refuses a variable of the command line that the project does not have, and names the one
        most like it. In another project that has this one as a package, that one's are not known.
    -#}
    {%- set given = invocation_args_dict.get('vars') or {} -%}
    {%- for name in (fromyaml(given) if given is string else given) if project_name == 'wikilake' and name not in variable_kinds() -%}
        {{ exceptions.raise_compiler_error(
            "There is no variable '" ~ shown(name) ~ "'. Did you mean " ~ nearest_name(name, variable_kinds() | list) ~ '? models/docs/overview.md describes all of them.'
        ) }}
    {%- endfor -%}
{%- endmacro %}

{% macro variable_fault(value, said) -%}
    {#- What to write instead of a wrong value of a variable of some kind; '' when it is right. -#}
    {%- set kind = said.kind -%}
    {%- set text = value | string -%}
    {%- if value is none -%}
        {{ return('' if said.optional else 'it may not be null.') }}
    {%- elif kind in ('texts', 'domains') -%}
        {{ return(list_fault(value) or (domain_fault(value) if kind == 'domains' else '')) }}
    {%- elif kind == 'profiles' -%}
        {{ return('' if value is mapping else 'write profiles by their names, as in dbt_project.yml.') }}
    {%- elif kind == 'namespaces' -%}
        {{ return(namespaces_fault(value)) }}
    {%- elif kind == 'rows' -%}
        {{ return(excluded_rows_fault(value)) }}
    {%- elif kind == 'boolean' -%}
        {{ return('' if value is boolean else 'write true or false, without quotes.') }}
    {%- elif value is mapping or (value is sequence and value is not string) or value is boolean -%}
        {{ return('write one value, neither a list nor anything else that has parts.' if value is not boolean else 'write a value, not true or false.') }}
    {%- elif kind in ('number', 'count') -%}
        {%- set pattern = '[0-9]{1,9}' if kind == 'count' else '-?[0-9]{1,15}([.][0-9]{1,15})?(e-?[0-9]{1,2})?' -%}
        {%- if not modules.re.match('(' ~ pattern ~ ')\\Z', text) -%}
            {{ return('write a ' ~ ('whole ' if kind == 'count') ~ 'number, for example 1.') }}
        {%- endif -%}
        {{ return('' if (text | float) >= said.get('least', text | float) else 'write a number of at least ' ~ said.least ~ '.') }}
    {%- elif kind == 'choice' -%}
        {{ return('' if text in said.one_of else 'known are ' ~ said.one_of | join(', ') ~ '.') }}
    {%- elif kind == 'text' -%}
        {{ return(text_fault(value)) }}
    {%- endif -%}
    {#- An hour, a date or a snapshot is read by a macro of its own. -#}
    {{ return('') }}
{%- endmacro %}

{% macro list_fault(value) -%}
    {#- What to write instead of a value that is not a list of texts; '' when it is one. -#}
    {%- if value is string or value is mapping or value is not sequence -%}
        {{ return('write a list of texts, for example [' ~ (shown(value) if value is string and not text_fault(value) else 'one, two') ~ '].') }}
    {%- endif -%}
    {%- for member in value if text_fault(member) -%}
        {{ return("its entry '" ~ shown(member) ~ "' cannot be in a list of texts: " ~ text_fault(member)) }}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{% macro text_fault(value) -%}
    {#- What to write instead of a value that is not a text of visible characters; '' when it is one. -#}
    {%- if value is not string -%}{{ return('write a text, in quotes where it looks like something else.') }}{%- endif -%}
    {%- if not value.strip() -%}{{ return('an empty text says nothing.') }}{%- endif -%}
    {{ return('write a text without control characters.' if modules.re.search('[\\x00-\\x1f\\x7f\\ud800-\\udfff]', value) else '') }}
{%- endmacro %}

{% macro domain_fault(domains) -%}
    {#- What is wrong with the entries of site_domains; '' for nothing. -#}
    {%- for domain in domains if not modules.re.match('[a-z0-9-]+[.][a-z0-9-]+\\Z', domain) -%}
        {{ return("its entry '" ~ shown(domain) ~ "' is not a domain: write the last two labels of a host in lower case, like example.org.") }}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{% macro namespaces_fault(names) -%}
    {#- What is wrong with names of namespaces and their numbers; '' for nothing. -#}
    {%- if names is not mapping -%}
        {{ return('write names and numbers of namespaces, for example {Talk: 1}.') }}
    {%- endif -%}
    {%- for name, number in names.items() if text_fault(name) or ':' in name or number is boolean
        or not modules.re.match('-?[0-9]{1,9}\\Z', number | string) -%}
        {{ return("its entry '" ~ shown(name) ~ ': ' ~ shown(number) ~ "' is no namespace: write its name without a colon, and its number.") }}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{% macro excluded_rows_fault(rows) -%}
    {#- What is wrong with a list of rows named by hostname and sequence; '' for nothing. -#}
    {%- if rows is string or rows is mapping or rows is not sequence -%}
        {{ return('write a list of {hostname: a text, sequence: a number}.') }}
    {%- endif -%}
    {%- for row in rows -%}
        {%- if row is not mapping or row | length != 2 or row.get('hostname') is not string
            or modules.re.search('[\\x00\\ud800-\\udfff]', row.hostname)
            or row.get('sequence') is boolean or not modules.re.match('[0-9]{1,18}\\Z', row.get('sequence') | string) -%}
            {{ return("its entry '" ~ shown(row) ~ "' names no row: write {hostname: a text, sequence: a number} for each.") }}
        {%- endif -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{% macro shown(value) -%}
    {#- A value as a message shows it: cut short, without characters that act on a terminal. -#}
    {%- set text = modules.re.sub('[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]', '?', value | string) -%}
    {{ return(text if text | length <= 200 else text[:200] ~ '…') }}
{%- endmacro %}

{% macro nearest_name(name, known) -%}
    {#-
        The known name that is most like a misspelt one: it shares most pairs of letters with it.
    -#}
    {%- set best = namespace(name=known[0], score=-1.0) -%}
    {%- set text = ' ' ~ name ~ ' ' -%}
    {%- for candidate in known -%}
        {%- set other = ' ' ~ candidate ~ ' ' -%}
        {%- set common = namespace(pairs=0) -%}
        {%- for place in range(text | length - 1) if text[place:place + 2] in other -%}
            {%- set common.pairs = common.pairs + 1 -%}
        {%- endfor -%}
        {%- set score = 2.0 * common.pairs / (text | length + other | length) -%}
        {%- if score > best.score -%}{%- set best.name = candidate -%}{%- set best.score = score -%}{%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{%- endmacro %}
