{% macro site_profile() -%}
    {#-
        How the wiki of the run is built, where it is not Wikimedia's: an entry of the variable
        site_profiles, checked. None for `wikimedia`, whose rules are those of the record_version.
    -#}
    {%- if var('site_profile') == 'wikimedia' -%}{{ return(none) }}{%- endif -%}
    {%- set name = variable('site_profile') -%}
    {%- set profiles = variable('site_profiles') -%}
    {%- if name not in profiles -%}
        {{ exceptions.raise_compiler_error(
            "The variable 'site_profile' is '" ~ shown(name) ~ "': write wikimedia or one of site_profiles ("
            ~ profiles | join(', ') ~ "). Did you mean " ~ nearest_name(name, ['wikimedia'] + profiles | map('string') | list) ~ "?"
        ) }}
    {%- endif -%}
    {%- set profile = profiles[name] -%}
    {%- set faults = site_profile_faults(profile) -%}
    {%- if faults -%}
        {{ exceptions.raise_compiler_error("The variable 'site_profiles' says of " ~ shown(name) ~ ": " ~ faults | join(' ')) }}
    {%- endif -%}
    {{ return(profile) }}
{%- endmacro %}

{% macro site_profile_faults(profile) -%}
    {#- What makes no sense in a profile or contradicts the rest: one sentence per fault. -#}
    {%- set lists = [
        'page_paths', 'refused_paths', 'refused_endings', 'refused_actions', 'special_namespaces',
        'accepted_special_pages', 'media_hosts',
    ] -%}
    {%- set others = ['content_type', 'mobile_web_from', 'namespaces'] -%}
    {%- if profile is not mapping -%}
        {{ return(["it is '" ~ shown(profile) ~ "': write its parts, " ~ (others + lists) | join(', ') ~ "."]) }}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- for key in lists if key in profile and list_fault(profile[key]) -%}
        {%- do faults.append(key ~ " is '" ~ shown(profile[key]) ~ "': " ~ list_fault(profile[key])) -%}
    {%- endfor -%}
    {%- if faults -%}{{ return(faults) }}{%- endif -%}
    {%- for key in profile if key not in lists + others -%}
        {%- do faults.append("There is no '" ~ shown(key) ~ "', did you mean " ~ nearest_name(key | string, lists + others) ~ "? Known are " ~ (others + lists) | join(', ') ~ ".") -%}
    {%- endfor -%}
    {%- if profile.get('mobile_web_from', 'host') | string not in ('host', 'user_agent', 'x_analytics') -%}
        {%- do faults.append("mobile_web_from is '" ~ shown(profile.mobile_web_from) ~ "': write host, user_agent or x_analytics.") -%}
    {%- endif -%}
    {%- if namespaces_fault(profile.get('namespaces', {})) -%}
        {%- do faults.append("namespaces is '" ~ shown(profile.namespaces) ~ "': " ~ namespaces_fault(profile.namespaces)) -%}
    {%- endif -%}
    {%- if profile.get('content_type') | string not in ('html', 'html_or_unknown') -%}
        {%- do faults.append("content_type is '" ~ shown(profile.get('content_type')) ~ "': write html or html_or_unknown.") -%}
    {%- endif -%}
    {%- if not profile.get('page_paths') -%}
        {%- do faults.append("page_paths is empty, so that no request could be a page: write for example /wiki/$1.") -%}
    {%- endif -%}
    {%- for path in profile.get('page_paths', []) -%}
        {%- if not modules.re.match('/[^?$]*([?][a-z]+=)?[$]1\\Z', path) -%}
            {%- do faults.append("page_paths has '" ~ path ~ "': write a path that begins with / and ends in $1, like /wiki/$1 or /index.php?title=$1.") -%}
        {%- endif -%}
        {%- for refused in profile.get('refused_paths', []) if refused in path[:-2] -%}
            {%- do faults.append("page_paths has '" ~ path ~ "', which refused_paths refuses by '" ~ refused ~ "'.") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name in profile.get('special_namespaces', []) if modules.re.search('[]:/?&|.()*+^$[{}\\\\]', name) -%}
        {%- do faults.append("special_namespaces has '" ~ name ~ "': write the name of a namespace without its colon.") -%}
    {%- endfor -%}
    {%- for key in ('refused_endings', 'refused_actions', 'accepted_special_pages') -%}
        {%- for text in profile.get(key, []) if not modules.re.match('[A-Za-z0-9]+\\Z', text) -%}
            {%- do faults.append(key ~ " has '" ~ text ~ "': write letters and digits only.") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for host in profile.get('media_hosts', []) if not modules.re.match('[a-z0-9-]+([.][a-z0-9-]+)*\\Z', host) -%}
        {%- do faults.append("media_hosts has '" ~ host ~ "': write a host in small letters, like upload.example.org.") -%}
    {%- endfor -%}
    {%- if profile.get('accepted_special_pages') and not profile.get('special_namespaces') -%}
        {%- do faults.append("accepted_special_pages has '" ~ profile.accepted_special_pages[0] ~ "', but special_namespaces names no namespace that it could be in.") -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro %}

{% macro site_domain_rows() -%}
    {#-
        Rows of owned_domains for the domains of the variable site_domains: any host under them
        shows pages, and their referers are internal.
    -#}
    {%- for domain in variable('site_domains') %}
    union all
    select
        {{ literal(domain) }} as domain,
        true as is_referer_internal,
        false as has_portal,
        'any' as pageview_labels,
        '-' as refused_label_starts,
        '-' as since,
        '-' as until
    {%- endfor %}
{%- endmacro %}

{% macro is_media_host(uri_host) -%}
    {#-
        Whether a host sends media files: Wikimedia's own; of another site those of its profile's
        `media_hosts`, and any host whose requests come by the source `upload` where it names none.
    -#}
    {%- set profile = site_profile() -%}
    {%- set hosts = profile.get('media_hosts', []) if profile else ['upload.wikimedia.org'] -%}
    {{ uri_host ~ ' in (' ~ literals(hosts) ~ ')' if hosts else 'true' }}
{%- endmacro %}

{% macro site_prefixes(profile) -%}
    {#- The page paths of a profile in which the title is part of the path, without their `$1`. -#}
    {%- set prefixes = [] -%}
    {%- for path in profile.page_paths if '?' not in path -%}{%- do prefixes.append(path[:-2]) -%}{%- endfor -%}
    {{ return(prefixes) }}
{%- endmacro %}

{% macro site_names_a_page(profile, uri_path, uri_query) -%}
    {#-
        Whether path or query name a page by a profile: a page path with something after it, the
        path of the site's front page, or a script with a title, page id, revision or search.
    -#}
    (
        {%- for prefix in site_prefixes(profile) %}
        ({{ goes_on(uri_path, prefix) }}){{ ' or ' if not loop.last }}
        {%- if prefix == '/' %} or {{ uri_path }} = '/'{% endif %}
        {%- else %}false{% endfor %}
        {%- for path in profile.page_paths if '?' in path %}
        or ({{ uri_path }} = {{ literal(path.split('?')[0]) }}
            and {{ regex_matches(uri_query, '[?&](' ~ path.split('?')[1].split('=')[0] ~ '|curid|oldid|search)=[^&]') }})
        {%- endfor %}
    )
    {%- if profile.get('refused_endings') %}
    and not {{ regex_matches(lower_ascii(uri_path), '[.](' ~ any_of(profile.refused_endings) ~ ')$') }}
    {%- endif %}
{%- endmacro %}

{% macro site_is_html(profile, content_type) -%}
    {#- Whether a content type is HTML in any spelling; an unknown one counts where the profile says so. -#}
    {%- set known = lower_ascii(content_type) ~ " like 'text/html%' or " ~ lower_ascii(content_type) ~ " like 'application/xhtml+xml%'" -%}
    ({{ known }}{% if profile.content_type == 'html_or_unknown' %} or coalesce({{ content_type }}, '-') in ('-', ''){% endif %})
{%- endmacro %}

{% macro site_is_api_path(profile, uri_path) -%}
    {#- Whether a path is missing or holds a text that a profile refuses. -#}
    ({{ uri_path }} is null
    {%- for text in profile.get('refused_paths', []) %}
        or {{ position_of(literal(text), uri_path) }} > 0
    {%- endfor %})
{%- endmacro %}

{% macro site_is_wanted_action(profile, uri_query) -%}
    {#- Whether a query asks for none of the actions that a profile refuses. -#}
    {%- if profile.get('refused_actions') -%}
        not coalesce({{ regex_matches(uri_query, '[?&](ve)?action=(' ~ any_of(profile.refused_actions) ~ ')') }}, false)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro site_is_special_page(profile, uri_path, uri_query) -%}
    {#-
        Whether a request is for a special page that is not accepted, by its title: `Special:…` in
        any of the profile's languages, plain or percent-encoded.
    -#}
    {%- if profile.get('special_namespaces') -%}
        {%- set names = [] -%}
        {%- for name in profile.special_namespaces -%}
            {%- set plain = name.replace(' ', '_') -%}
            {%- do names.append(plain | lower) -%}
            {%- do names.append(plain) -%}
            {%- do names.append(plain | urlencode | lower) -%}
            {%- do names.append(plain | lower | urlencode | lower) -%}
        {%- endfor -%}
        {%- set prefixes = any_of(site_prefixes(profile) | map('lower')) -%}
        {%- set special = '(' ~ any_of(names | unique) ~ ')(:|%3a)' -%}
        {%- set accepted = '(' ~ any_of(profile.get('accepted_special_pages', ['-']) | map('lower')) ~ ')([/?&]|%2f|$)' -%}
        (coalesce(
            ({{ regex_matches(lower_ascii(uri_path), '^(' ~ prefixes ~ ')' ~ special) }}
                and not {{ regex_matches(lower_ascii(uri_path), '^(' ~ prefixes ~ ')' ~ special ~ accepted) }}),
            false
        )
        or coalesce(
            ({{ regex_matches(lower_ascii(uri_query), '[?&]title=' ~ special) }}
                and not {{ regex_matches(lower_ascii(uri_query), '[?&]title=' ~ special ~ accepted) }}),
            false
        ))
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro site_title_from_path(profile, path) -%}
    {#- What a path names as its page by a profile, still percent-encoded; `-` for nothing. -#}
    coalesce(
        {%- for prefix in site_prefixes(profile) if prefix != '/' %}
        case when {{ goes_on(path, prefix) }} then substr({{ path }}, {{ prefix | length + 1 }}) end,
        {%- endfor %}
        {%- if '/' in site_prefixes(profile) %}
        {{ path }},
        {%- endif %}
        '-'
    )
{%- endmacro %}

{% macro goes_on(text, beginning) -%}
    {#-
        Whether a text begins with a value and continues. `like` would read `_` and `%` in the
        value.
    -#}
    left({{ text }}, {{ beginning | length }}) = {{ literal(beginning) }} and {{ text }} <> {{ literal(beginning) }}
{%- endmacro %}

{% macro any_of(texts) -%}
    {#- The part of a regular expression that matches any of some texts, each taken literally. -#}
    {%- set escaped = [] -%}
    {%- for text in texts %}{% do escaped.append(modules.re.escape(text)) %}{% endfor -%}
    {{ return(escaped | join('|')) }}
{%- endmacro %}
