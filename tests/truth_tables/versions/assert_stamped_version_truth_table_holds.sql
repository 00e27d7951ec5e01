{%- set tables = ['webrequest', 'pageview_hourly', 'projectview_hourly'] -%}
{%- set version -%}
    {%- call(table) by_literal('table_name', tables) -%}{{ stamped_version(table) }}{%- endcall -%}
{%- endset -%}
{{ truth_table(ref('truth_stamped_version'), ['table_name'], version, where=in_force()) }}
