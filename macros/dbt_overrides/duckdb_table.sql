{#-
    DuckDB's tables that are not partitioned. dbt makes a table under another name and then renames
    it; nobody reads a work table meanwhile, and one statement costs a fifth of that.
-#}
{% materialization table, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- The table that this process made for an earlier hour goes before the new one needs room. -#}
    {%- do run_query('drop table if exists ' ~ target_relation) -%}
    {%- do adapter.commit() -%}
    {%- call statement('main') %}
        {{ get_create_table_as_sql(False, target_relation, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
