{% macro record_seed_digest(loaded_from) -%}
    {#- Notes at every seed that models read what it was loaded from; loading it again takes that away. -#}
    {%- for seed in graph.nodes.values() if seed.resource_type == 'seed' and 'rule_test' not in seed.tags -%}
        {%- do run_query('comment on table ' ~ seed.relation_name ~ ' is ' ~ literal(loaded_from)) -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
