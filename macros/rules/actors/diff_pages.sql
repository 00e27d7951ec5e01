{% macro is_diff_query(text) -%}
    {#- Whether a query, or a referer, asks for the difference of two revisions. -#}
    ({{ text }} like '?diff=%' or {{ text }} like '%&diff=%')
{%- endmacro %}

{% macro is_history_query(uri_query) -%}
    {#- Whether a query asks for the history of a page. -#}
    {{ uri_query }} like '%action=history%'
{%- endmacro %}

{% macro title_of_referer(referer) -%}
    {#-
        The last `title=` with a value of the first line that has one, as it is written; null
        without.
    -#}
    nullif({{ regex_capture(referer, '(?:^|[\\n\\r\\x{85}\\x{2028}\\x{2029}])[^\\n\\r\\x{85}\\x{2028}\\x{2029}]*title=([^&]+)') }}, '')
{%- endmacro %}
