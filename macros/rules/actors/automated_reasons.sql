{% macro automated_reasons(actor) -%}
    {#- Why an actor is automated: map with `pageview` and/or `redirect_to_pageview`; else null. -#}
    case
        when {{ actor }}.has_pageview_reason and {{ actor }}.has_redirect_reason
            then {{ map_of({
                'pageview': actor ~ '.pageview_reason',
                'redirect_to_pageview': actor ~ '.redirect_reason',
            }) }}
        when {{ actor }}.has_pageview_reason
            then {{ map_of({'pageview': actor ~ '.pageview_reason'}) }}
        when {{ actor }}.has_redirect_reason
            then {{ map_of({'redirect_to_pageview': actor ~ '.redirect_reason'}) }}
    end
{%- endmacro %}

{% macro knows_automated_agents() -%}
    {#- Whether agent_type has the value `automated`: since 2020-04-02. -#}
    {{ 'true' if version_at_least('0.0.22+20200402') else 'false' }}
{%- endmacro %}
