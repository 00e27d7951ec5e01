{% macro record_seed_digest(loaded_from) -%}
    {#-
        Notes the digest of its file at every seed that models read; loading a seed removes the
        note.
    -#}
    {%- for seed in graph.nodes.values() if seed.resource_type == 'seed' and seed.package_name == 'wikilake' and 'rule_test' not in seed.tags -%}
        {%- do run_query('comment on table ' ~ seed.relation_name ~ ' is ' ~ literal(loaded_from)) -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
