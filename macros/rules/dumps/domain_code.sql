{% macro dumped_project(code, is_of_wikimedia) -%}
    {#-
        The project that a domain code names: `en` is en.wikipedia, `en.m.d` en.wiktionary, `www.wd`
        and `m.wd` wikidata. NULL for a code that names none.
    -#}
    case
        when not {{ regex_matches(code, '^([A-Za-z0-9-]+)([.](m|zero))?([.](b|d|f|m|n|q|s|v|voy|w|wd))?$') }} then null
        when {{ dumped_family(code, is_of_wikimedia) }} is null then null
        when split_part({{ code }}, '.', 1) in ('www', 'm', 'zero') then {{ dumped_family(code, is_of_wikimedia) }}
        else split_part({{ code }}, '.', 1) || '.' || {{ dumped_family(code, is_of_wikimedia) }}
    end
{%- endmacro %}

{% macro dumped_access(code, is_of_wikimedia) -%}
    {#-
        The access that a domain code names: `desktop`, or `mobile` for the mobile site and the apps
        together, which it does not tell apart.
    -#}
    case
        when split_part({{ code }}, '.', 1) in ('m', 'zero') then 'mobile'
        when split_part({{ code }}, '.', 2) = 'zero' then 'mobile'
        when split_part({{ code }}, '.', 2) <> 'm' then 'desktop'
        when split_part({{ code }}, '.', 3) <> '' then 'mobile'
        when {{ is_dumped_of_wikimedia(code, is_of_wikimedia) }} then 'desktop'
        else 'mobile'
    end
{%- endmacro %}

{% macro dumped_family(code, is_of_wikimedia) -%}
    {#- Part of dumped_project: the family by the last part, which Wikipedia has none of. -#}
    {%- set last = "case when split_part(" ~ code ~ ", '.', 3) <> '' then split_part(" ~ code ~ ", '.', 3) else split_part(" ~ code ~ ", '.', 2) end" -%}
    case {{ last }}
        when '' then 'wikipedia'
        when 'zero' then 'wikipedia'
        when 'm' then case
            when split_part({{ code }}, '.', 3) = 'm' or {{ is_dumped_of_wikimedia(code, is_of_wikimedia) }} then 'wikimedia'
            else 'wikipedia'
        end
        when 'b' then 'wikibooks'
        when 'd' then 'wiktionary'
        when 'f' then 'wikimediafoundation'
        when 'n' then 'wikinews'
        when 'q' then 'wikiquote'
        when 's' then 'wikisource'
        when 'v' then 'wikiversity'
        when 'voy' then 'wikivoyage'
        when 'w' then 'mediawiki'
        when 'wd' then 'wikidata'
    end
{%- endmacro %}

{% macro is_dumped_of_wikimedia(code, is_of_wikimedia) -%}
    {#-
        Whether `x.m` is a wiki of wikimedia.org and not the mobile Wikipedia of a language: it is
        on the list of wikis, or `x` is longer than codes of languages without a hyphen are.
    -#}
    (
        {{ is_of_wikimedia }}
        or split_part({{ code }}, '.', 1) in ('www', 'm', 'zero')
        or (
            {{ regex_matches(code, '^[A-Za-z0-9]{4,}[.]') }}
            and split_part({{ code }}, '.', 1) not in ('nostalgia', 'simple', 'test', 'test2')
        )
    )
{%- endmacro %}
