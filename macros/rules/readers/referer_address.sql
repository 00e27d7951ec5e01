{% macro address_pattern() -%}
    {#-
        An address as Java's URI reads it: scheme, host and port, path, query, fragment. Groups are
        the host and the path. Blanks, quotes, brackets and lone percent signs make it none.
    -#}
    {%- set escaped = '%[0-9A-Fa-f]{2}' -%}
    {%- set letters = "A-Za-z0-9_.!~*'();:&=+$,@-" -%}
    {%- set other = '[^\\x00-\\x7f\\x{80}-\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]' -%}
    {%- set path = '(?:[/' ~ letters ~ ']|' ~ escaped ~ '|' ~ other ~ ')*' -%}
    {%- set query = '(?:[\\[\\]/?' ~ letters ~ ']|' ~ escaped ~ '|' ~ other ~ ')*' -%}
    {{ return(
        '^[A-Za-z][A-Za-z0-9+.-]*://(?:[%' ~ letters ~ ']*@)?([A-Za-z0-9.-]+)(?::[0-9]*)?(/' ~ path ~ ')?(?:[?]'
        ~ query ~ ')?(?:#' ~ query ~ ')?$'
    ) }}
{%- endmacro %}

{% macro address_host(address) -%}
    {#- The host of an address; '' where it is none. -#}
    {{ regex_capture(address, address_pattern(), 1) }}
{%- endmacro %}

{% macro address_path(address) -%}
    {#- The path of an address; '' where it is none or has no path. -#}
    {{ regex_capture(address, address_pattern(), 2) }}
{%- endmacro %}
