{% macro normalized_host_text(host) -%}
    {#-
        The host as normalized_host reads it: lower case, cut at the first colon, one dot for every
        run of slashes and dots, none at the end. '' where only `-` is possible: fewer than two
        labels, or a last label of digits only.
    -#}
    {%- set cleaned = regex_replace_all(regex_replace_all("split_part(" ~ lower_unicode(host) ~ ", ':', 1)", '[/.]+', '.'), '[.]$', '') -%}
    case
        when {{ host }} is null or {{ trim_blanks(host) }} = '' then ''
        when {{ regex_matches(cleaned, '[.]([^.]*[^0-9.][^.]*)$') }} then {{ cleaned }}
        else ''
    end
{%- endmacro %}

{% macro normalized_tld(normalized) -%}
    {#- The last label; `-` when the host has no normal form. -#}
    case when {{ normalized }} = '' then '-' else split_part({{ normalized }}, '.', -1) end
{%- endmacro %}

{% macro normalized_project_family(normalized) -%}
    {#- The label before the last; `-` when the host has no normal form. -#}
    case when {{ normalized }} = '' then '-' else split_part({{ normalized }}, '.', -2) end
{%- endmacro %}

{% macro normalized_project(normalized) -%}
    {#-
        The first of three or more labels, unless it is `www` or a qualifier; else `-`. In 0.0.19
        only `www` is none.
    -#}
    {%- set qualifiers = host_qualifiers() if version_at_least('0.0.20') else "'www'" -%}
    case
        when {{ label_count(normalized) }} < 3 then '-'
        when split_part({{ normalized }}, '.', 1) in ({{ qualifiers }}) then '-'
        else split_part({{ normalized }}, '.', 1)
    end
{%- endmacro %}

{% macro normalized_qualifiers(normalized) -%}
    {#-
        The qualifiers, joined by dots, '' for none: a first label that is one (`www` never shows,
        in 0.0.19 none does), then every label between the first and the last two.
    -#}
    {%- set between = regex_capture(normalized, '(?s)^[^.]*[.](.+)[.][^.]*[.][^.]*$') -%}
    case
        when {{ label_count(normalized) }} < 3 then ''
        {%- if version_at_least('0.0.20') %}
        when split_part({{ normalized }}, '.', 1) in ({{ host_qualifiers() }})
            and split_part({{ normalized }}, '.', 1) <> 'www'
            then split_part({{ normalized }}, '.', 1)
                || case when {{ between }} = '' then '' else '.' || {{ between }} end
        {%- endif %}
        else {{ between }}
    end
{%- endmacro %}

{% macro label_count(host) -%}
    {#- Number of dot-separated labels of a host. -#}
    (length({{ host }}) - length(replace({{ host }}, '.', '')) + 1)
{%- endmacro %}

{% macro host_qualifiers() -%}
    {#- First labels that say how a site is reached, not which site it is. -#}
    'm', 'mobile', 'wap', 'zero', 'www', 'download'
{%- endmacro %}
