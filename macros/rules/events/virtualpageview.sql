{% macro host_of_url(url) -%}
    {#- The host that a web address names, as written; '' for a text that is none. -#}
    {{ regex_capture(url, '^https?://(?:[^/:]*:[^/@]*@)?([^/:]*)') }}
{%- endmacro %}

{% macro path_of_url(url) -%}
    {#- The path of a web address without its first slash; '' where there is none. -#}
    {{ regex_capture(url, '^https?://(?:[^/:]*:[^/@]*@)?[^/:]*(?::[^/]*)?/([^?#]*)') }}
{%- endmacro %}

{% macro virtualpageview_variant(url, definition) -%}
    {#-
        The language variant in the address of the page on which a preview was seen. The original's
        rule (`original`) reads a path that has lost its first slash, so that it finds what stands in
        the place of the title; `fixed` puts the slash back.
    -#}
    {{ language_variant('(' ~ ("'/' || " if definition == 'fixed' else '') ~ path_of_url(url) ~ ')') }}
{%- endmacro %}
