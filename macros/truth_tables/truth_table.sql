{% macro truth_table(table, inputs, rules, given={}, types={}, where=none) -%}
    {#-
        The cases of a truth table that a rule does not decide as the table says. Values are
        compared as texts, as cells are texts, unless `types` names another type for the expected
        column.
    -#}
    {%- set rules = {'expected': rules} if rules is string else rules -%}
    with

    cases as (

        select
            {%- for column in inputs + (rules | list) %}
            {{ typed_truth_value(column, types) }} as {{ column }},
            {%- endfor %}
            why
        from {{ table }}
        {%- if where %}
        where {{ where }}
        {%- endif %}

    ),

    {%- for column, expression in given.items() %}
    with_{{ column }} as (

        select
            *,
            {{ expression }} as {{ column }}
        from {{ 'with_' ~ loop.previtem[0] if loop.previtem else 'cases' }}

    ),
    {%- endfor %}

    results as (

        select
            {%- for column in inputs + (rules | list) %}
            {{ column }},
            {%- endfor %}
            {%- for column, expression in rules.items() %}
            cast({{ expression }} as {{ types.get(column, dbt.type_string()) }}) as actual_{{ loop.index }},
            {%- endfor %}
            why
        from {{ 'with_' ~ (given | list)[-1] if given else 'cases' }}

    )

    select * from results
    where
        {%- for column in rules %}
        {{ 'or ' if not loop.first }}actual_{{ loop.index }} is distinct from {{ column }}
        {%- endfor %}
{%- endmacro %}

{% macro typed_truth_value(column, types) -%}
    {%- if column in types -%}
        cast({{ truth_value(column) }} as {{ types[column] }})
    {%- else -%}
        {{ truth_value(column) }}
    {%- endif -%}
{%- endmacro %}

{% macro to_the_second(timestamp) -%}
    {#- A timestamp as text. Engines differ in whether they append the session's zone, UTC. -#}
    substr(cast({{ timestamp }} as {{ dbt.type_string() }}), 1, 19)
{%- endmacro %}

{% macro by_literal(column, texts) -%}
    {#-
        What the calling block makes of the text in a column: for rules that take a text as a
        literal, which a column cannot be.
    -#}
    case {{ column }}
        {%- for text in texts %}
        when {{ literal(text) }} then {{ caller(text) }}
        {%- endfor %}
        else 'not among the texts that this test asks for'
    end
{%- endmacro %}
