{#-
    Tables and views of DuckDB that are not partitioned. dbt makes them under another name and then
    renames; nobody reads a work table meanwhile, and one statement costs a fifth of that.
-#}
{% materialization table, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- The table of an hour that the same process built before: gone before the new one needs room. -#}
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

{% materialization view, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if not is_shown(target_relation, sql) -%}
        {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
        {%- do show_view(target_relation, sql) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro made_from(sql) -%}
    {#- The comment of a view: what it is made from, and the day. -#}
    {%- set types = model.columns.values() | map(attribute='data_type') | join(',') -%}
    {{ return('made from ' ~ local_md5(sql ~ types ~ run_started_at.date())) }}
{%- endmacro %}

{% macro is_shown(relation, sql) -%}
    {#-
        Whether the view is there as it would be made today: making it looks at all files of its
        tables. Tomorrow it is made anew all the same, since a view keeps the columns of the oldest
        partition, which will be purged.
    -#}
    {%- call statement('main', fetch_result=true) %}
        select view_name
        from duckdb_views()
        where
            database_name = {{ literal(relation.database) }}
            and schema_name = {{ literal(relation.schema) }}
            and view_name = {{ literal(relation.identifier) }}
            and comment = {{ literal(made_from(sql)) }}
    {%- endcall -%}
    {{ return(load_result('main').data | length > 0) }}
{%- endmacro %}

{% macro show_view(relation, sql) -%}
    {#- Makes a view, in the place of the one that is there. -#}
    {%- call statement('show_view') %}
        create or replace view {{ relation }} as {{ sql }};
        comment on view {{ relation }} is {{ literal(made_from(sql)) }}
    {%- endcall -%}
{%- endmacro %}
