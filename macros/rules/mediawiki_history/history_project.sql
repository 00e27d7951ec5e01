{% macro history_project(hostname) -%}
    {#- The project of a host: all `www.` and `.org` removed, wherever they are (spec 4.1). -#}
    {{ regex_replace_all(hostname, 'www[.]|[.]org', '') }}
{%- endmacro %}
