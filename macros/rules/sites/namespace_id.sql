{% macro namespace_id(from_header, page_title) -%}
    {#-
        The number of a page's namespace: what X-Analytics says, and with a site_profile else what
        the title begins with, by the names of the profile and of the variable site_namespaces.
    -#}
    {%- set profile = site_profile() -%}
    {%- if profile -%}
        {%- set names = {} -%}
        {%- for name in profile.get('special_namespaces', []) %}{% do names.update({name: -1}) %}{% endfor -%}
        {%- do names.update(profile.get('namespaces') or {}) -%}
        {%- do names.update(variable('site_namespaces')) -%}
        coalesce({{ from_header }}, {{ namespace_of_title(page_title, names) }})
    {%- else -%}
        {{ from_header }}
    {%- endif -%}
{%- endmacro %}

{% macro namespace_of_title(page_title, names) -%}
    {#-
        The namespace that a title with underscores begins with, in any case, by numbers of names;
        0 for a title without one, NULL where there is no title.
    -#}
    {%- set numbers = {} -%}
    {%- for name, number in names.items() %}{% do numbers.update({name.replace(' ', '_') | lower: number}) %}{% endfor -%}
    case
        when coalesce({{ page_title }}, '-') = '-' then null
        {%- if numbers %}
        when {{ page_title }} not like '%:%' then 0
        {%- for number in numbers.values() | unique | sort %}
        {%- set of_number = [] -%}
        {%- for name in numbers if numbers[name] == number %}{% do of_number.append(name) %}{% endfor %}
        when {{ lower_unicode("split_part(" ~ page_title ~ ", ':', 1)") }} in ({{ literals(of_number) }}) then {{ number | int }}
        {%- endfor %}
        {%- endif %}
        else 0
    end
{%- endmacro %}
