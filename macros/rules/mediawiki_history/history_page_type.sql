{% macro history_page_type() -%}
    {#-
        Whether the page of an event is in a namespace for content: by today's, else by that of
        then, else not.
    -#}
    case
        when coalesce(page_namespace_is_content, page_namespace_is_content_historical) then 'content'
        else 'non_content'
    end
{%- endmacro %}
