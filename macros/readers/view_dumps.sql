{% macro load_hourly_dumps() -%}
    {#- The statement that reads the downloaded files of the run's hours, and warns of what is not there. -#}
    {%- set window = literals([run_window().first, run_window().end]) -%}
    {%- if execute -%}
        {%- for row in run_query('select unnest(faults_of_dumps(' ~ window ~ '))').rows %}{% do exceptions.warn(row[0]) %}{% endfor -%}
    {%- endif -%}
    select load_hourly_dumps({{ window }})
{%- endmacro %}

{% macro load_daily_dumps() -%}
    {#- The statement that reads the downloaded files of the days that daily models make. -#}
    {%- set days = [] -%}
    {%- for day in run_days() %}{% do days.append('%04d-%02d-%02d' % (day.year, day.month, day.day)) %}{% endfor -%}
    select load_daily_dumps({{ literal(tojson(days)) }})
{%- endmacro %}

{% macro dump_files(kind, part) -%}
    {#- What is read of the dumps of a kind, `hourly` or `daily`, as a table: its part `rows` or `rejected`. -#}
    {{ parquet_folder(lake_root() ~ '/.staging/dumps/' ~ kind ~ '_files/' ~ part) }}
{%- endmacro %}
