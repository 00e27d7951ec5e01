{#-
    DuckDB's views. dbt makes a view under another name and then renames it; one statement is enough,
    and none where the view is still current.
-#}
{% materialization view, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if not view_is_current(target_relation, sql) -%}
        {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
        {%- do show_view(target_relation, sql) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro view_fingerprint(sql) -%}
    {#- The end of a view's comment: a digest of what it is made from and of the day. -#}
    {%- set types = model.columns.values() | map(attribute='data_type') | join(',') -%}
    {{ return('made from ' ~ local_md5(sql ~ types ~ run_started_at.date())) }}
{%- endmacro %}

{% macro view_is_current(relation, sql) -%}
    {#-
        Whether the view is there as it would be made today, since making it opens all files of its
        tables. It is made again every day, since a view keeps the columns of the oldest partition,
        which will be purged.
    -#}
    {%- call statement('main', fetch_result=true) %}
        select view_name
        from duckdb_views()
        where
            database_name = {{ literal(relation.database) }}
            and schema_name = {{ literal(relation.schema) }}
            and view_name = {{ literal(relation.identifier) }}
            and ends_with(comment, {{ literal(view_fingerprint(sql)) }})
    {%- endcall -%}
    {{ return(load_result('main').data | length > 0) }}
{%- endmacro %}

{% macro show_view(relation, sql) -%}
    {#-
        Makes a view, or replaces the one that is there. What others may read has its documentation as
        comments, for clients that know nothing of dbt.
    -#}
    {%- set is_documented = model.config.access != 'private' -%}
    {%- set description = model.description ~ '\n' if is_documented else '' -%}
    {%- call statement('show_view') %}
        create or replace view {{ relation }} as {{ sql }};
        comment on view {{ relation }} is {{ literal(description ~ view_fingerprint(sql)) }}
        {%- for column in model.columns.values() if is_documented and column.name not in config.get('hidden_columns', []) %};
        comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ literal(column.description) }}
        {%- endfor %}
    {%- endcall -%}
{%- endmacro %}
